"""The command: an echo server, a suite against it, and what came of it by chapter."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.conformance.echo import EchoServer
from bench.conformance.suites import Verdict, autobahn, kosoku
from bench.table import Cell, table

# Framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, limits, and the rest.
_USUAL = [f"{chapter}.*" for chapter in (1, 2, 3, 4, 5, 6, 7, 9, 10)]
# Compression: a thousand messages a case, of up to 1 KiB; --all goes to 128 KiB.
_COMPRESSION = [
    f"{chapter}.{part}.{case}"
    for chapter, parts in ((12, 5), (13, 7))
    for part in range(1, parts + 1)
    for case in (1, 2, 3, 6)
]
_WELL = frozenset({"OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED"})


def main() -> int:
    """Return 1 when a case fails."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.conformance", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every case of compression, too")
    parser.add_argument("--cases", nargs="+", help="these alone, such as 6.* or 7.1.6")
    parser.add_argument("--python2", default=_python2(), help="what runs Autobahn's own driver")
    wanted = parser.parse_args()
    compression = ["12.*", "13.*"] if wanted.all else _COMPRESSION
    server = EchoServer()
    with tempfile.TemporaryDirectory() as folder:
        if wanted.python2:
            cases = wanted.cases or [*_USUAL, *compression]
            verdicts = autobahn(wanted.python2, server.port, cases, Path(folder))
        else:
            print("No python2.7, which Autobahn's own driver needs: kosoku, without compression.")
            verdicts = kosoku(server.port, wanted.cases or _USUAL, Path(folder))
    server.close()
    print(summary(verdicts))
    bad = failures(verdicts)
    print(f"{len(verdicts)} cases, {len(bad)} failed", *bad)
    return 1 if bad or not verdicts else 0


def _python2() -> str | None:
    """Return the Python 2.7 in the search path, unless what is there only stands for one."""
    found = shutil.which("python2.7")
    if found is None:
        return None
    tried = subprocess.run([found, "-c", ""], stderr=subprocess.DEVNULL, check=False)
    return None if tried.returncode else found


def summary(verdicts: Mapping[str, Verdict]) -> str:
    """Return how often each verdict was given, by chapter."""
    counted: dict[str, Counter[str]] = {}
    for case, verdict in verdicts.items():
        counted.setdefault(case.split(".")[0], Counter())[verdict.behavior] += 1
    kinds = sorted({kind for counts in counted.values() for kind in counts})
    rows: list[list[Cell]] = [
        [name, *(counts[kind] for kind in kinds)] for name, counts in counted.items()
    ]
    return table(["chapter", *kinds], rows)


def failures(verdicts: Mapping[str, Verdict]) -> Sequence[str]:
    """Return the cases that failed, in what was said or in how the connection ended."""
    return [
        case
        for case, verdict in verdicts.items()
        if not {verdict.behavior, verdict.behavior_close} <= _WELL
    ]
