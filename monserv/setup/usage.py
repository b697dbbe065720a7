"""What a person types: the words that errors, help and examples share."""

from __future__ import annotations

from collections.abc import Sequence

from monserv.setup.product import IS_INSTALLED

# The command, and what to type where the program is to be started.
COMMAND = "monserv" if IS_INSTALLED else "python3 -m monserv"
START = "monserv run" if IS_INSTALLED else "python3 wsgi.py"

PURPOSE = "Watch Linux servers live, over nothing but SSH."

# What is typed, and what comes of it.
EXAMPLES = (
    (f"{COMMAND} run", "watch this machine: http://127.0.0.1:18904/"),
    (f"SERVERS=ssh://me@10.0.0.3 {COMMAND} run", "watch another one, with your own SSH keys"),
    (f"{COMMAND} check", "read settings and keys, and start nothing"),
    (f"{COMMAND} check ssh://me@10.0.0.3", "poll a server once, and show what it says"),
)
QUESTIONS = ("-h", "--help")


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Whether nothing but help is wanted."""
    return not arguments or any(word in QUESTIONS for word in arguments)


def examples() -> str:
    """Return the examples, a line each."""
    width = max(len(typed) for typed, _ in EXAMPLES)
    lines = (f"  {typed:{width}}  {meaning}" for typed, meaning in EXAMPLES)
    return "\n".join(["Examples:", *lines])
