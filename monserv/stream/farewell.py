"""Why a client goes."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.traffic import Ending


@dataclass(frozen=True, slots=True)
class Farewell:
    """Why a client was closed, with which code, and in words."""

    ending: Ending
    code: int | None = None
    reason: str = ""


LOST = Farewell(Ending.LOST)
