"""``monserv token``: what programs show instead of a password."""

from __future__ import annotations

from datetime import timedelta

import click

from monserv.cli import registry
from monserv.clock import SystemClock
from monserv.errors import AccountError, UnknownAccount
from monserv.model.account import Scope, Token
from monserv.model.directory import Directory
from monserv.setup import usage
from monserv.wire.encoding import stamp

DEFAULT_DAYS = 365
MAX_DAYS = 36500


@click.group()
def token() -> None:
    """Make and revoke tokens, also while the server runs."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.READ.value,
    show_default=True,
    help="Read only, or manage servers and alerts as well.",
)
@click.option("--tag", "tags", multiple=True, help="Only servers with this tag; repeatable.")
@click.option(
    "--days",
    type=click.IntRange(0, MAX_DAYS),
    default=DEFAULT_DAYS,
    show_default=True,
    help="How long it lasts; 0 is for ever.",
)
@click.option("--user", "owner", help="Whose token it is: it opens no more than that account.")
def create(name: str, scope: str, tags: tuple[str, ...], days: int, owner: str | None) -> None:
    """Make a token and print it, once: nobody can show it again."""
    expires_at = SystemClock().now() + timedelta(days=days) if days else None
    with registry.opened() as accounts:
        person = None if owner is None else registry.person(accounts.read(), owner)
        made, text = accounts.add_token(name, Scope(scope), tags, expires_at, person)
    click.echo(f"{made.name} ({made.id}): {_life(made)}; keep it, it is shown only now", err=True)
    click.echo(text.reveal())


@token.command("list")
def list_tokens() -> None:
    """List the tokens, without what nobody can show again."""
    with registry.opened() as accounts:
        found = accounts.read()
    rows = [("ID", "NAME", "USER", "SCOPE", "SEES", "LASTS")]
    for one in found.tokens.values():
        owner = found.accounts[one.account_id].name if one.account_id is not None else "-"
        rows.append((one.id, one.name, owner, one.scope, registry.shown_tags(one.tags), _life(one)))
    for line in registry.table(rows):
        click.echo(line)


@token.command()
@click.argument("name_or_id")
def revoke(name_or_id: str) -> None:
    """Revoke a token; what it opened is closed within seconds."""
    with registry.opened() as accounts:
        found = _find(accounts.read(), name_or_id)
        accounts.remove_token(found)
    click.echo(f"{found.name} ({found.id}) is revoked")


def _find(directory: Directory, text: str) -> Token:
    if text in directory.tokens:
        return directory.tokens[text]
    named = [one for one in directory.tokens.values() if one.name == text]
    if not named:
        raise UnknownAccount(
            f"There is no token with this name or id; {usage.COMMAND} token list shows all"
        )
    if len(named) > 1:
        raise AccountError("Several tokens have this name; revoke by id")
    return named[0]


def _life(token: Token) -> str:
    if token.expires_at is None:
        return "for ever"
    over = token.expires_at <= SystemClock().now()
    return f"{'expired' if over else 'until'} {stamp(token.expires_at)}"
