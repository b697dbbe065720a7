"""Secrets in the arguments of programs, made three stars.

Programs have no one way to take a secret, so whatever is named like one is masked:
rather a word too many than a password. Pure, and linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

STARS = "***"

# A name that has one of these in it is that of a secret.
_TELLING = (
    "passw",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "credential",
    "cookie",
    "oauth",
    "signature",
)
# These only as a word of their own: ``--keyboard`` and ``--author`` are no secrets.
_TELLING_WORDS = frozenset(
    {
        *("pw", "key", "pin", "otp", "sas", "dsn", "creds", "auth", "authorization"),
        *("jwt", "psk", "bearer"),
    }
)
# A word that ends so: ``dbpass``, ``requirepass``.
_TELLING_ENDS = ("pass", "pwd")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SPACE = re.compile(r"(\s+)")

# ``name=value``, several of them in a URL's query, the words of a database's address or a
# piece of JSON. Longer names are told by their last letters.
_ASSIGNED = re.compile(r"([-\w.\[\]]{1,64})[\"']?[=:]")
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|[^&;,]*')
# What begins so is a secret to its end, blanks included; the header of a request is one.
_NAMED = re.compile(r"([-\w.\[\]]+)(?:=|:\s*)")
_HEADER = re.compile(r"-[-\w]*=([-\w.]+):\s*")
_USERINFO = re.compile(r"(\w[\w+.-]{0,30}://)[^\s/?#]*@")
_SCHEMES = frozenset({"bearer", "basic", "digest"})
# What is a secret by its own looks, as those who hand it out mean it to be.
_TOKEN = re.compile(r"(?<![\w-])(gh[opsru]_|github_pat_|glpat-|xox[abprs]-|sk-|eyJ)[-\w.]{16,}")

# Programs that take a secret behind a short option, glued to it or as the next word.
_GLUED = {
    **dict.fromkeys(("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck"), ("-p",)),
    **dict.fromkeys(("mariadb", "mariadb-dump", "mariadb-admin", "mariadb-check"), ("-p",)),
    **dict.fromkeys(("mongo", "mongosh", "mongodump", "mongorestore"), ("-p",)),
    **dict.fromkeys(("ldapsearch", "ldapmodify", "ldapadd", "ldapwhoami"), ("-w",)),
    **dict.fromkeys(("unzip", "zip"), ("-P",)),
    **dict.fromkeys(("7z", "7za", "sshpass"), ("-p",)),
    **dict.fromkeys(("snmpget", "snmpwalk", "snmpbulkwalk", "snmpset"), ("-c", "-A", "-X")),
    **dict.fromkeys(("mosquitto_pub", "mosquitto_sub", "ipmitool", "sqlcmd"), ("-P",)),
    "curl": ("-u", "-U"),
    "lftp": ("-u",),
    "redis-cli": ("-a",),
    "smbclient": ("-U",),
    "xfreerdp": ("/p:",),
}
# These ask for it instead when nothing is glued, and the next word is something else.
_NEVER_NEXT = frozenset({"7z", "7za", "xfreerdp"}) | {
    name for name in _GLUED if name.startswith(("mysql", "mariadb"))
}
# ``-sSu`` is ``-u`` too.
_BUNDLED = {"curl": re.compile(r"-[A-Za-z0-9#]*[uU]")}
# Long options with a secret whose names do not say so.
_LONG = frozenset({"--user", "--proxy-user", "--http-user", "--requirepass", "--masterauth"})


def masked(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a program, its own name first, without what may be secret."""
    line = _Line()
    return [line.told(argument) for argument in arguments]


class _Line:
    """Arguments, or the words of one, taken in order."""

    def __init__(self) -> None:
        self._program = ""
        self._is_next = False
        self._quote = ""

    def told(self, argument: str) -> str:
        """Return what is shown of the next argument."""
        if self._quote:
            # The rest of a secret of several words.
            self._quote = "" if argument.endswith(self._quote) else self._quote
            return STARS
        if self._is_next:
            if not argument:
                return argument
            if argument.strip("'\"").lower() not in _SCHEMES:
                self._is_next = False
                self._open(argument)
            return STARS
        name = argument.rpartition("/")[2]
        if name in _GLUED:
            # Perhaps behind ``sudo``, ``env`` or a shell.
            self._program = name
        told = self._masked(argument)
        self._is_next = self._announces(argument)
        if self._is_next and argument.endswith((":", "=")):
            self._quote = _left_open(argument)
        return told

    def _masked(self, argument: str) -> str:
        for option in _GLUED.get(self._program, ()):
            if argument.startswith(option) and len(argument) > len(option):
                return option + STARS
        for named in (_NAMED.match(argument), _HEADER.match(argument)):
            rest = argument[named.end() :] if named else ""
            if named and rest.strip() and (_is_secret(named[1]) or _is_login(named[1], rest)):
                self._open(rest)
                return f"{named[0]}{STARS}"
        # Words within an argument are a command of their own (``sh -c``), or a sentence.
        parts = _SPACE.split(argument)
        if len(parts) > 1:
            parts[::2] = masked(parts[::2])
            return "".join(parts)
        return _without_values(_TOKEN.sub(STARS, _USERINFO.sub(rf"\1{STARS}@", argument)))

    def _open(self, secret: str) -> None:
        """Note that a secret begins with a quote that is still open."""
        quote = secret[:1]
        if quote in ("'", '"') and (len(secret) == 1 or not secret.endswith(quote)):
            self._quote = quote

    def _announces(self, argument: str) -> bool:
        """Whether the next argument is a secret."""
        if self._program not in _NEVER_NEXT and argument in _GLUED.get(self._program, ()):
            return True
        if argument in _LONG or argument.lower() in _SCHEMES:
            return True
        bundled = _BUNDLED.get(self._program)
        if bundled and bundled.fullmatch(argument):
            return True
        if argument.endswith((":", "=")):
            return _is_secret(argument[:-1])
        return argument.startswith("-") and "=" not in argument and _is_secret(argument)


def _without_values(argument: str) -> str:
    told, at = "", 0
    for found in _ASSIGNED.finditer(argument):
        if found.start() >= at and _is_secret(found[1]):
            value = _VALUE.match(argument, found.end())
            if value and value[0]:
                told, at = f"{told}{argument[at : found.end()]}{STARS}", value.end()
    return told + argument[at:]


def _left_open(argument: str) -> str:
    """Return the quote that is still open at the end, if one is."""
    quote = ""
    for one in argument:
        if quote:
            quote = "" if one == quote else quote
        elif one in "'\"":
            quote = one
    return quote


def _is_login(option: str, value: str) -> bool:
    """Whether it is a name with a password, as ``--user=me:hunter2``."""
    return option in _LONG and (option != "--user" or ":" in value)


def _is_secret(name: str) -> bool:
    plain = name.lower().replace("-", "").replace("_", "").replace(".", "")
    if any(word in plain for word in _TELLING):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    return any(word in _TELLING_WORDS or word.endswith(_TELLING_ENDS) for word in words)
