"""Runs pytest in a process that gevent has patched, as production is."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 -- nothing may be imported before the patch

import pytest  # noqa: E402 -- as above

if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
