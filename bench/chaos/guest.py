"""One client with its moods: it reads, stalls, floods, goes, comes back."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from bench.chaos.knowledge import Knowledge

V2 = Subprotocol("monserv.v2")
OPEN_SECONDS = 20.0
CLOSE_SECONDS = 2.0
FLOOD_FRAMES = 400
# Longer than the server waits for one that takes nothing, now and then.
STALL_SECONDS = (1.0, 14.0)
READ_SECONDS = (0.5, 8.0)
AWAY_SECONDS = (0.1, 5.0)
# So many messages are read ahead; then the kernel's buffer fills, then the server's.
READ_AHEAD = 4

_Mood = Callable[[ClientConnection], Awaitable[bool]]


class Guest:
    """A client for as long as ``live()`` runs.

    ``is_calm`` lets it only read, ``is_away`` keeps it from coming; ``said`` counts what
    it did, and how that ended.
    """

    def __init__(self, number: int, chance: random.Random, said: Counter[str]) -> None:
        self.number = number
        self.is_v2 = number % 2 == 1
        self.knowledge = Knowledge()
        self.is_calm = True
        self.is_away = True
        self.is_there = False
        self.port = 0
        self._compression = "deflate" if number % 4 < 2 else None
        self._chance = chance
        self._said = said
        self._moods: Mapping[_Mood, int] = {
            self._read: 12,
            self._stall: 4,
            self._flood: 1,
            self._leave: 2,
            self._cut: 2,
        }

    async def live(self) -> None:
        """Come and go until cancelled."""
        while True:
            if self.is_away:
                await asyncio.sleep(0.1)
                continue
            try:
                await self._visit()
            except (OSError, WebSocketException, TimeoutError) as error:
                code = getattr(getattr(error, "rcvd", None), "code", "")
                self._said[f"{type(error).__name__} {code}".strip()] += 1
            finally:
                self.is_there = False
            if not self.is_calm:
                await asyncio.sleep(self._chance.uniform(*AWAY_SECONDS))
            else:
                await asyncio.sleep(0.2)

    async def _visit(self) -> None:
        async with connect(
            f"ws://127.0.0.1:{self.port}/ws",
            subprotocols=[V2] if self.is_v2 else None,
            compression=self._compression,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            ping_interval=None,
            max_size=None,
            max_queue=READ_AHEAD,
        ) as client:
            self.is_there = True
            self._said["visits"] += 1
            if self.is_v2:
                await self._greet(client)
            while not self.is_away:
                (mood,) = self._chance.choices(list(self._moods), list(self._moods.values()))
                if not await (self._read if self.is_calm else mood)(client):
                    return

    async def _greet(self, client: ClientConnection) -> None:
        """Read the hello; go on from where it was, as if it had come back, or begin anew."""
        self.knowledge.take(await client.recv())
        known = self.knowledge
        if known.is_whole and self._chance.random() < 0.7:
            await client.send(json.dumps(known.resume()))
            self._said["resumes"] += 1
        else:
            known.is_whole = False

    async def _read(self, client: ClientConnection) -> bool:
        seconds = 0.5 if self.is_calm else self._chance.uniform(*READ_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self.knowledge.take(await client.recv())
        except TimeoutError:
            return True

    async def _stall(self, _client: ClientConnection) -> bool:
        self._said["stalls"] += 1
        await asyncio.sleep(self._chance.uniform(*STALL_SECONDS))
        return True

    async def _flood(self, client: ClientConnection) -> bool:
        self._said["floods"] += 1
        for _ in range(FLOOD_FRAMES):
            await client.send('{"type": "flood"}')
        # It is told to go; until then it gets what was on its way.
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                while True:
                    self.knowledge.take(await client.recv())
        except ConnectionClosed as end:
            code = end.rcvd.code if end.rcvd else None
            self._said[f"floods ended with {code}"] += 1
            return False

    async def _leave(self, client: ClientConnection) -> bool:
        self._said["leaves"] += 1
        await client.close()
        return False

    async def _cut(self, client: ClientConnection) -> bool:
        self._said["cuts"] += 1
        client.transport.abort()
        return False
