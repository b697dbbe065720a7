"""How long the messages are that are measured."""

from __future__ import annotations

from collections.abc import Mapping

# How many servers make a message of about which size, in the fleet's own measure.
SIZES: Mapping[str, int] = {"2.5 KB": 3, "12 KB": 13, "120 KB": 125}
