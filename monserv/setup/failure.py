"""What pip's output means to the person who typed the command."""

from __future__ import annotations

import platform
import re

# With a constraint, pip calls a package that it cannot find a conflict.
_NO_WHEEL = re.compile(
    r"ERROR: (?:No matching distribution found for|Could not find a version that satisfies "
    r"the requirement) ([A-Za-z0-9._-]+)|The user requested \(constraint\) ([A-Za-z0-9._-]+)"
)
_NO_NETWORK = re.compile(
    r"Retrying \(Retry\(|Could not fetch URL|Failed to establish a new connection|"
    r"Temporary failure in name resolution|Connection refused|Network is unreachable|"
    r"SSLError|ProxyError|Read timed out"
)
_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded")


def pip_failure(output: str) -> str:
    """Return one sentence about a failed ``pip install``, and what to do."""
    if _NO_SPACE.search(output):
        return "The disk is full: the packages that monserv needs take 150 MB"
    if _NO_NETWORK.search(output):
        return (
            "pip cannot reach its package index; check the network, or the index, proxy "
            f"and certificate that pip is configured with (pip says: {_last_error(output)})"
        )
    missing = _NO_WHEEL.search(output)
    if missing:
        name = missing.group(1) or missing.group(2)
        return (
            f"There is no ready-made package (wheel) of {name} for Python "
            f"{platform.python_version()} on {platform.system()} {platform.machine()}; "
            "use CPython 3.11 to 3.14 on 64-bit Linux (x86-64 or ARM), or pip's configuration "
            "to name an index that has it"
        )
    return f"pip failed: {_last_error(output)}"


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["nothing"])[-1]
