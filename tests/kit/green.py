"""Runs pytest in a process that gevent has patched, as production is."""

from gevent import monkey

monkey.patch_all()

import ast  # noqa: E402 -- nothing may be imported before the patch
import functools  # noqa: E402 -- as above
import gc  # noqa: E402 -- as above
import sys  # noqa: E402 -- as above
from collections.abc import Callable  # noqa: E402 -- as above
from typing import ParamSpec, TypeVar  # noqa: E402 -- as above

import pytest  # noqa: E402 -- as above

P = ParamSpec("P")
T = TypeVar("T")


def undisturbed(call: Callable[P, T]) -> Callable[P, T]:
    """Return it as a call during which no cyclic garbage is freed."""

    @functools.wraps(call)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            return call(*args, **kwargs)
        finally:
            if was_enabled:
                gc.enable()

    return called


if __name__ == "__main__":
    # Python 3.11 cannot parse while what is freed meanwhile lets other green threads run. Pytest
    # parses the source of what failed, and hypothesis that of what it tries.
    ast.parse = undisturbed(ast.parse)
    sys.exit(pytest.main(sys.argv[1:]))
