"""What a person has set about notifications: what is told through which channel, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from monserv.model.alert import Severity

USUAL_COOLDOWN_MINUTES = 30
MAX_COOLDOWN_MINUTES = 24 * 60
_RANKS = {Severity.WARNING: 0, Severity.CRITICAL: 1}


@dataclass(frozen=True, slots=True)
class Choice:
    """What one channel tells: nothing while it is off, else what is at least so severe."""

    is_on: bool = True
    min_severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides about the deliveries of one channel."""

    cooldown: timedelta = timedelta(minutes=USUAL_COOLDOWN_MINUTES)
    choice: Choice = Choice()

    def tells(self, severity: Severity) -> bool:
        """Whether an alert of this severity is told."""
        return _RANKS[severity] >= _RANKS[self.choice.min_severity]


@dataclass(frozen=True, slots=True)
class Telling:
    """All that is set; a channel that is not among ``choices`` tells everything."""

    cooldown_minutes: int = USUAL_COOLDOWN_MINUTES
    choices: Mapping[str, Choice] = field(default_factory=lambda: MappingProxyType({}))

    def choice(self, channel: str) -> Choice:
        """Return what is set for a channel."""
        return self.choices.get(channel, Choice())

    def rule(self, channel: str) -> Rule:
        """Return what decides about the deliveries of a channel."""
        return Rule(timedelta(minutes=self.cooldown_minutes), self.choice(channel))


USUAL = Rule()
