"""Which host key is trusted, and what is said of one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from monserv.model.host_key import KeyState
from monserv.ssh.host_key import PublicKey
from monserv.ssh.judgement import ACCEPTED, PINNED, judge
from monserv.ssh.keyfile import Entry
from monserv.ssh.known_hosts import Marker, Mention
from tests.ssh.keys import key_of

ED1, ED2 = (PublicKey("ssh-ed25519", key_of("ssh-ed25519", number)) for number in (1, 2))
RSA1, RSA2 = (PublicKey("ssh-rsa", key_of("ssh-rsa", number)) for number in (1, 2))
HOME = Path("/home/me/.ssh/known_hosts")


def pins(*keys: PublicKey, how: str = PINNED) -> dict[str, Entry]:
    return {key.type: Entry(key, how) for key in keys}


def lines(*keys: PublicKey, marker: Marker = Marker.NONE) -> list[Mention]:
    return [Mention(marker, key, HOME, number) for number, key in enumerate(keys, 1)]


REVOKED, AUTHORITY = lines(ED1, marker=Marker.REVOKED), lines(RSA1, marker=Marker.AUTHORITY)


@pytest.mark.parametrize(
    ("offered", "ours", "theirs", "state"),
    [
        (ED1, pins(), [], KeyState.NEW),
        (ED1, pins(ED1), [], KeyState.KNOWN),
        (ED2, pins(ED1), [], KeyState.CHANGED),
        (RSA1, pins(ED1), [], KeyState.CHANGED),
        (RSA1, pins(ED1, RSA1), [], KeyState.KNOWN),
        (ED1, pins(), lines(ED1), KeyState.KNOWN),
        (ED2, pins(), lines(ED1), KeyState.CHANGED),
        (ED2, pins(), lines(ED1, ED2), KeyState.KNOWN),
        (RSA1, pins(), lines(ED1), KeyState.CHANGED),
        # One pinned here, the other one known to the user: both are its keys.
        (RSA1, pins(ED1), lines(RSA1), KeyState.KNOWN),
        (ED1, pins(ED1), lines(RSA1), KeyState.KNOWN),
        # Both know it, and contradict each other.
        (ED1, pins(ED1), lines(ED2), KeyState.CHANGED),
        (ED2, pins(ED1), lines(ED2), KeyState.CHANGED),
        (ED1, pins(ED1, how=ACCEPTED), lines(ED2), KeyState.KNOWN),
        (ED2, pins(ED1, how=ACCEPTED), lines(ED2), KeyState.CHANGED),
        (ED1, pins(ED1), REVOKED, KeyState.REVOKED),
        (ED1, pins(ED1, how=ACCEPTED), [*lines(ED1), *REVOKED], KeyState.REVOKED),
        (ED2, pins(), REVOKED, KeyState.NEW),
        (ED1, pins(), AUTHORITY, KeyState.UNKNOWN),
        (ED1, pins(ED1), AUTHORITY, KeyState.KNOWN),
        (ED1, pins(), [*AUTHORITY, *lines(ED1)], KeyState.KNOWN),
        # The authority's own key vouches for nothing that is shown as a plain one.
        (RSA1, pins(), AUTHORITY, KeyState.UNKNOWN),
    ],
)
def test_a_key_is_judged_by_both_places(
    offered: PublicKey, ours: dict[str, Entry], theirs: list[Mention], state: KeyState
) -> None:
    judgement = judge(offered, ours, theirs, is_strict=False)
    assert judgement.state is state
    assert bool(judgement.text) is (state not in {KeyState.NEW, KeyState.KNOWN})
    strict = judge(offered, ours, theirs, is_strict=True)
    assert strict.state is (KeyState.UNKNOWN if state is KeyState.NEW else state)


@pytest.mark.parametrize("ours", [pins(ED1), pins(ED1, RSA1), pins()])
def test_a_refusal_names_what_is_shown_and_what_was_expected_and_is_short(
    ours: dict[str, Entry],
) -> None:
    theirs = lines(ED1, RSA2, *[PublicKey("ecdsa", key_of("ecdsa", n)) for n in range(20)])
    said = judge(ED2, ours, theirs, is_strict=False).text
    assert said.startswith(f"It shows {ED2}, but ")
    assert ED1.fingerprint in said
    assert "nothing was sent to it" in said
    assert len(said) < 500


def test_a_contradiction_names_both_places() -> None:
    said = judge(ED1, pins(ED1), lines(ED2), is_strict=False).text
    assert f"{HOME} line 1" in said
    assert ED1.fingerprint in said
    assert ED2.fingerprint in said
    assert "pinned here" in said
    other = judge(ED2, pins(ED1), lines(ED2), is_strict=False).text
    assert f"{HOME} line 1 has the one that it shows" in other


def test_an_authority_is_named_and_the_reason_why_it_does_not_help() -> None:
    said = judge(ED1, pins(), AUTHORITY, is_strict=False).text
    assert said.startswith(f"{HOME} line 1 knows it by a certificate authority alone")
    assert ED1.fingerprint in said
