"""Every number that bounds a client, in one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may do, and how long it is waited for.

    ``silence_seconds`` closes a client of which nothing was heard, pongs
    included; ``stall_seconds`` one whose socket accepted no byte of what is
    waiting, and ``frame_seconds`` one that takes a frame too slowly to be of use, for which
    that frame is kept; ``close_seconds`` is how long the peer's close is waited for. Frames
    of every kind, fragments and control frames included, draw on one bucket of
    ``burst_frames`` that refills with ``frames_per_second``. Who speaks ``monserv.v2``
    may say more at once (``max_request_bytes``), draws on a second bucket with each
    request, and has ``greeting_milliseconds`` for the first one before it gets everything.

    A reader of events says nothing, so it is not waited for a sign of life; it
    gets one every ``comment_interval_seconds``, and its kernel has
    ``silence_seconds`` to confirm what it got.
    """

    ping_interval_seconds: float = 54.0
    silence_seconds: float = 60.0
    stall_seconds: float = 10.0
    frame_seconds: float = 120.0
    close_seconds: float = 2.0
    max_message_bytes: int = 512
    frames_per_second: float = 20.0
    burst_frames: int = 100
    max_pending_events: int = 256
    comment_interval_seconds: float = 15.0
    max_request_bytes: int = 16 * 1024
    requests_per_second: float = 2.0
    burst_requests: int = 20
    greeting_milliseconds: int = 250
