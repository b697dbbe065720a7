"""``python -m bench.fan_out.library PORT``: the ``broadcast`` of the library websockets.

Each line of its standard input names a file, whose text goes to all clients.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from websockets.asyncio.server import ServerConnection, broadcast, serve

BACKLOG = 4096


async def run(port: int) -> None:
    """Serve until the standard input ends."""
    clients: set[ServerConnection] = set()

    async def welcome(client: ServerConnection) -> None:
        clients.add(client)
        try:
            await client.wait_closed()
        finally:
            clients.discard(client)

    loop, lines = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with serve(welcome, "127.0.0.1", port, compression=None, backlog=BACKLOG):
        print("ready", flush=True)
        while line := await lines.readline():
            broadcast(clients, Path(line.decode().strip()).read_text())  # noqa: ASYNC240 -- of a peer that waits for nothing else
        for client in clients:
            client.transport.abort()


def main() -> None:
    """Serve on the port that is named."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(run(int(sys.argv[1])))


if __name__ == "__main__":
    main()
