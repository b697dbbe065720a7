"""monserv watches Linux servers live over SSH, with nothing installed on them.

This file is imported by the set-up code, so it parses under old Pythons and
imports nothing.
"""

__version__ = "0.1.0"
