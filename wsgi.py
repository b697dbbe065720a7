"""``python3 wsgi.py`` sets monserv up and runs it; gunicorn imports ``app`` from here.

This file parses under Python 2.7, so that an old one can say which version is
needed.
"""

import sys

from monserv import bootstrap

if __name__ == "__main__":
    sys.exit(bootstrap.main(sys.argv[1:]))
else:
    import config
    from monserv.app import create_app

    app = create_app(config.load())
