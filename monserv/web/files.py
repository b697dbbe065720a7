"""Files as they lie on the disk: whole, or in gzip for whoever takes it.

What was packed is kept until the file changes; there are some hundred files.
"""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Response, request, send_from_directory
from werkzeug.security import safe_join

from monserv.web import negotiation
from monserv.web.prepared import MIN_GZIP_BYTES, packed

_KEPT = 512
_TEXTS = frozenset({"text/css", "text/javascript", "image/svg+xml"})


def send(folder: Path, name: str) -> Response:
    """Return a file below ``folder``, revalidated by its ETag so that an upgrade shows at once."""
    kind, _ = mimetypes.guess_type(name)
    wants_gzip = negotiation.takes_gzip(request.headers.get("Accept-Encoding", ""))
    # A part is one of the whole file.
    if kind in _TEXTS and wants_gzip and "Range" not in request.headers:
        answer = _in_gzip(folder, name, kind)
        if answer is not None:
            return answer
    whole = send_from_directory(folder, name)
    if kind in _TEXTS:
        whole.vary.add("Accept-Encoding")
    return whole


def _in_gzip(folder: Path, name: str, kind: str) -> Response | None:
    """Return a file in gzip; ``None`` where there is none, or one that is short already."""
    found = safe_join(str(folder), name)
    path = Path(found) if found is not None else folder
    if not path.is_file():
        return None
    now = path.stat()
    if now.st_size < MIN_GZIP_BYTES:
        return None
    tag = f'"{now.st_mtime_ns:x}-{now.st_size:x}-gzip"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if negotiation.has_already(request.headers.get("If-None-Match", ""), tag):
        return Response(status=304, headers=headers)
    body = _packed(path, now.st_mtime_ns, now.st_size)
    return Response(
        body, content_type=f"{kind}; charset=utf-8", headers={**headers, "Content-Encoding": "gzip"}
    )


@lru_cache(_KEPT)
def _packed(path: Path, _modified_ns: int, _size: int) -> bytes:
    return packed(path.read_bytes())
