"""The answer to what never becomes a request: gunicorn could not read it.

No application is asked then, so the answer is whole, as it goes over the wire.
It says what is wrong in general, and nothing of what was sent.
"""

from __future__ import annotations

from monserv.web import envelope, headers

_SENTENCES = {
    400: "This is not a well-formed HTTP request.",
    403: "This way of connecting is not allowed here.",
    414: "The address is too long.",
    417: "The Expect header may say 100-continue and nothing else.",
    431: "The headers are too long or too many.",
    500: "monserv made a mistake; its log has the details.",
    501: "This transfer coding is not known here; chunked is.",
}


def answer(code: int) -> bytes:
    """Return status line, headers and envelope; the connection ends with them."""
    sentence = _SENTENCES.get(code, "This request cannot be answered.")
    response = headers.add(envelope.failure(code, sentence))
    response.headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {response.status}", *(f"{name}: {text}" for name, text in response.headers)]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + response.get_data()
