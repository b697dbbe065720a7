"""The commands of ``python3 -m monserv``: one module a command or group of commands.

Each module is thin: it reads words, calls what does the work, and prints. What may
run beside a live server reads settings with ``reading.settings()``, or comes to the
database with ``reading.settings_and_database()``, and never locks the data directory.
"""
