"""``python3 -m tests``: installs what the tests need, then runs all of them.

This file parses under Python 2.7, so that an old one can say which version is
needed. Arguments go to pytest.
"""

import sys

from monserv import bootstrap

if __name__ == "__main__":
    if not bootstrap.is_new_enough("-m tests"):
        sys.exit(bootstrap.REFUSED)
    from tests.kit import suite

    sys.exit(suite.main(sys.argv[1:]))
