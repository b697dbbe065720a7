"""What trying a connection brought, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monserv.model.sample import Sample


class Step(StrEnum):
    """The steps of a connection, in their order.

    Through a jump server that one is logged in on, and finds the address by itself.
    """

    JUMP = "jump"
    NAME = "name"
    TCP = "tcp"
    HOST_KEY = "host_key"
    LOGIN = "login"
    PROBE = "probe"


class StepState(StrEnum):
    """How a step went; what comes after a failed one is not run."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went, ``detail`` in a sentence; ``None`` seconds when it was not run."""

    step: Step
    state: StepState
    detail: str
    duration_seconds: float | None


@dataclass(frozen=True, slots=True)
class ShownKey:
    """The host key that a server showed, its fingerprint as ``ssh-keygen -l`` prints it.

    ``is_known`` says that it is the pinned one, ``is_acceptable`` that a person may
    vouch for it before the server is watched.
    """

    type: str
    fingerprint: str
    is_known: bool
    is_acceptable: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """All steps, and the host key and the sample if it came to that."""

    steps: tuple[StepResult, ...]
    host_key: ShownKey | None
    sample: Sample | None = None

    @property
    def has_passed(self) -> bool:
        """Whether the server can be watched."""
        return all(result.state is not StepState.FAILED for result in self.steps)
