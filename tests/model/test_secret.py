"""A secret shows itself to nobody who does not ask for it by name."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import orjson
import pytest

from monserv.model.secret import Secret
from monserv.model.server import Credentials

CANARY = "c4n4ry p@ss"
PRODUCT = Path(__file__).parents[2] / "monserv"


def test_every_way_of_printing_gives_three_stars() -> None:
    secret = Secret(CANARY)
    shown = [str(secret), repr(secret), f"{secret:>40}", f"{secret!r}", "%s" % secret]  # noqa: UP031 -- one more way
    shown.append(repr(Credentials(secret)))
    assert all("***" in text for text in shown)
    assert not any(CANARY in text for text in shown)


@pytest.mark.parametrize(
    "carry", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, orjson.dumps, vars, list]
)
def test_nothing_carries_it_away(carry: object) -> None:
    with pytest.raises(TypeError) as refusal:
        carry(Secret(CANARY))  # type: ignore[operator]  # each is a function
    assert CANARY not in str(refusal.value)


def test_it_is_compared_by_value_and_hashed_alike_and_an_empty_one_is_none() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != CANARY
    assert len({Secret(CANARY), Secret(CANARY)}) == 1
    assert not Secret("")


def test_few_places_reveal_one() -> None:
    revealing = {
        str(path.relative_to(PRODUCT))
        for path in PRODUCT.rglob("*.py")
        if ".reveal(" in path.read_text(encoding="utf-8")
    }
    assert revealing == {
        "accounts/credentials.py",  # what is shown at a door becomes a digest
        "accounts/passwords.py",  # a password becomes a hash
        "accounts/set_up.py",  # the code goes to the log, for the person who reads it
        "cli/token.py",  # a new token is shown once
        "db/vault.py",  # a stored password is sealed
        "notify/channels/email.py",
        "notify/channels/link.py",
        "notify/channels/slack.py",
        "notify/channels/telegram.py",
        "ssh/credentials.py",  # a password is shown to the server that it is for
        "ssh/identities.py",  # a passphrase opens its key
        "wire/accounts.py",  # a new token is shown once
        "web/cookies.py",  # a session's secret goes into its cookie
    }
