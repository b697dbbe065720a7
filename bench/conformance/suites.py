"""The suites: Autobahn's cases with Autobahn's own driver, or with one for Python 3.

Each is installed once into a folder of its own, and writes the same report.
"""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parents[1]
_FOLDER = _CHECKOUT / ".venv-conformance"
_AUTOBAHN_FOLDER = _CHECKOUT / ".venv-autobahn"
_AUTOBAHN = "autobahntestsuite==25.10.1"
_RUN_AUTOBAHN = (
    "import site, sys; site.addsitedir(sys.argv.pop(1));"
    "from autobahntestsuite.wstest import run; run()"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a suite says of one case, and of how the connection ended."""

    behavior: str
    behavior_close: str


def kosoku(port: int, cases: Sequence[str], reports: Path) -> Mapping[str, Verdict]:
    """Run cases with the driver for Python 3; raises ``CalledProcessError``."""
    python = _FOLDER / "bin/python"
    if not (_FOLDER / "bin/kosoku").exists():
        venv.create(_FOLDER, with_pip=True)
        install = (python, "-m", "pip", "install", "-q", "-r", _HERE / "requirements.txt")
        subprocess.run(install, check=True)
    wanted = [word for case in cases for word in ("-i", case)]
    # It ends with 1 when a case fails, and says which in its report.
    subprocess.run(
        [_FOLDER / "bin/kosoku", *wanted, "-o", reports, f"127.0.0.1:{port}"], check=False
    )
    return _verdicts(reports)


def autobahn(python2: str, port: int, cases: Sequence[str], reports: Path) -> Mapping[str, Verdict]:
    """Run cases with Autobahn's driver under a Python 2.7; raises ``CalledProcessError``."""
    if not _AUTOBAHN_FOLDER.exists():
        install = (python2, "-m", "pip", "install", "-q", "--target", _AUTOBAHN_FOLDER, _AUTOBAHN)
        subprocess.run(install, check=True)
    specification = {
        "outdir": str(reports),
        "servers": [{"agent": "monserv", "url": f"ws://127.0.0.1:{port}"}],
        "cases": list(cases),
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    file = reports / "specification.json"
    file.write_text(json.dumps(specification))
    command = (python2, "-c", _RUN_AUTOBAHN, _AUTOBAHN_FOLDER, "-m", "fuzzingclient", "-s", file)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return _verdicts(reports)


def _verdicts(reports: Path) -> Mapping[str, Verdict]:
    (found,) = json.loads((reports / "index.json").read_text()).values()
    return {
        case: Verdict(verdict["behavior"], verdict["behaviorClose"])
        for case, verdict in found.items()
    }
