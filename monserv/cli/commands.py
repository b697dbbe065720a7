"""All commands by their names, each loaded when it is wanted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from monserv import __version__
from monserv.errors import MonservError
from monserv.setup import product, signals, usage

REFUSED = 2

# A command, or a group of commands, and what help says of it. The module in this
# folder that has its name holds it under this name, too.
COMMANDS = {
    "check": "Read settings and keys, or poll one server once.",
    "harden": "Print the line that lets a key run the probe, and nothing else.",
    "hostkey": "Look at and accept host keys, also while the server runs.",
    "record": "Write what the probe of a server answers, without its names.",
    "run": "Watch until Ctrl-C or SIGTERM.",
    "secrets": "Change the key that seals stored passwords.",
    "token": "Make and revoke tokens, also while the server runs.",
    "user": "Make, change and remove accounts, also while the server runs.",
    "verify": "Try what monserv never does, and show that it is refused.",
}


class Commands(click.Group):
    """The commands of ``COMMANDS``, so that what one needs delays and breaks no other."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names, as help lists them."""
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return the command called ``name``; ``None`` when there is none."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(f"monserv.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what there is without loading it."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below everything else."""
        formatter.write(f"\n{usage.examples()}\n")


@click.group(
    cls=Commands, help=usage.PURPOSE, context_settings={"help_option_names": usage.QUESTIONS}
)
@click.version_option(__version__, prog_name="monserv", message="%(prog)s %(version)s")
@click.pass_context
def monserv(context: click.Context) -> None:
    """Hand the signals over to the command; ``run`` never lets go of them."""
    if context.invoked_subcommand != "run":
        signals.as_usual()


def main(arguments: Sequence[str]) -> NoReturn:
    """Run the command that ``arguments`` name; without any, say what there is."""
    product.let_import()
    try:
        monserv.main(list(arguments) or ["--help"], prog_name=usage.COMMAND)
    except MonservError as error:
        click.echo(f"monserv: {error}", err=True)
        sys.exit(REFUSED)
