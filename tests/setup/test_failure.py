from __future__ import annotations

import pytest

from monserv.setup.failure import pip_failure

NO_WHEEL = """\
ERROR: Could not find a version that satisfies the requirement gevent<27,>=26.9 (from versions: )
ERROR: No matching distribution found for gevent<27,>=26.9
"""
NO_NETWORK = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError'
ERROR: Could not find a version that satisfies the requirement alembic<2 (from versions: none)
ERROR: No matching distribution found for alembic<2
"""
NO_WHEEL_UNDER_CONSTRAINTS = """\
ERROR: Cannot install gevent<27 and >=26.9 because these package versions have conflicting depen

The conflict is caused by:
    The user requested gevent<27 and >=26.9
    The user requested (constraint) gevent==26.9.0

ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-reso
"""
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (NO_WHEEL, "no ready-made package (wheel) of gevent for Python"),
        (NO_WHEEL_UNDER_CONSTRAINTS, "no ready-made package (wheel) of gevent for Python"),
        (NO_NETWORK, "pip cannot reach its package index"),
        (FULL, "The disk is full"),
        ("Looking\nERROR: odd\n\n", "pip failed: odd"),
        ("boom\n", "pip failed: boom"),
        ("", "pip failed: nothing"),
    ],
)
def test_a_failure_of_pip_is_one_sentence(output: str, said: str) -> None:
    assert said in pip_failure(output)
    assert "\n" not in pip_failure(output)
