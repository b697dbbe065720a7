"""``monserv harden``: the line that lets a key run the probe, and nothing else."""

from __future__ import annotations

import click

import config  # its directory is on the path
from monserv.cli import one_poll, reading
from monserv.errors import PollError, SettingsError
from monserv.model.server import Reach
from monserv.probe import forced
from monserv.ssh.private_key import KeyUnusableError
from monserv.ssh.public_key import public_key
from monserv.sshconfig import guide


@click.command()
@click.argument("server")
@click.option("--ask-passphrase", is_flag=True, help="Ask for the passphrase of its key.")
def harden(server: str, *, ask_passphrase: bool) -> None:
    """Print the line of authorized_keys for SERVER: the probe may run, and nothing else.

    It takes the place of the key's line in ~/.ssh/authorized_keys there. The probe of this
    version is pinned in it: print it again after an upgrade, and try it with verify.

    Whoever has the key can still read what the probe reads as that user: processes with
    their whole command lines, users, mounts, containers, who is logged in.
    """
    settings = reading.settings()
    found = one_poll.server(server, settings, ask_password=ask_passphrase)
    if found.reach is Reach.LOCAL:
        raise SettingsError("This machine is watched without a login; there is nothing to harden")
    try:
        key = public_key(guide.resolved(found, config.book(settings)))
    except (KeyUnusableError, PollError) as error:
        raise SettingsError(str(error)) from None
    click.echo(
        f"For ~/.ssh/authorized_keys of {found.username} on {found.host}, in place of the line "
        "of this key:",
        err=True,
    )
    click.echo(forced.authorized_key(key))
