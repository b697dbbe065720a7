"""``monserv user``: who may log in."""

from __future__ import annotations

from typing import Any

import click

from monserv.cli import registry
from monserv.model.access import Role

ROLES = click.Choice([role.value for role in Role])
TAGS = click.option("--tag", "tags", multiple=True, help="Only servers with this tag; repeatable.")


@click.group()
def user() -> None:
    """Make, change and remove accounts, also while the server runs."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLES, help="The first account is an admin, others are viewers.")
@TAGS
def add(name: str, role: str | None, tags: tuple[str, ...]) -> None:
    """Make an account; the password is asked for, or read from the standard input."""
    with registry.opened() as accounts:
        first = not accounts.read().accounts
        chosen = Role(role) if role else Role.ADMIN if first else Role.VIEWER
        made = accounts.add_account(name, registry.ask_password(), chosen, tags)
    click.echo(f"{made.name} can log in: {made.role}, {registry.shown_tags(made.tags)}")


@user.command("list")
def list_users() -> None:
    """List the accounts."""
    with registry.opened() as accounts:
        found = accounts.read().accounts.values()
    rows = [("NAME", "ROLE", "SEES", "")]
    rows += [
        (one.name, one.role, registry.shown_tags(one.tags), "disabled" if one.is_disabled else "")
        for one in found
    ]
    for line in registry.table(rows):
        click.echo(line)


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Set a new password, and log the person out everywhere."""
    with registry.opened() as accounts:
        person = registry.person(accounts.read(), name)
        accounts.set_password(person, registry.ask_password())
    click.echo(f"{person.name} has a new password, and is logged out everywhere")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let an account and its tokens in no more."""
    _change(name, is_disabled=True)
    click.echo(f"{name} is let in no more")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let a disabled account in again."""
    _change(name, is_disabled=False)
    click.echo(f"{name} can log in again")


@user.command()
@click.argument("name")
@click.argument("role", type=ROLES)
@TAGS
@click.option("--all-servers", is_flag=True, help="Lift the limit to servers with certain tags.")
def role(name: str, role: str, tags: tuple[str, ...], *, all_servers: bool) -> None:
    """Give an account another role, and perhaps other servers."""
    if tags and all_servers:
        raise click.UsageError("--tag and --all-servers contradict each other")
    changed = {"tags": tags} if tags or all_servers else {}
    _change(name, role=Role(role), **changed)
    click.echo(f"{name} is now {role}")


@user.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove an account with its tokens."""
    with registry.opened() as accounts:
        accounts.remove_account(registry.person(accounts.read(), name), spare_last_admin=False)
    click.echo(f"{name} is removed")


def _change(name: str, **changed: Any) -> None:
    with registry.opened() as accounts:
        person = registry.person(accounts.read(), name)
        accounts.change_account(person, changed, spare_last_admin=False)
