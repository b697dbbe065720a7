"""Whether a host key may be trusted, and in which words it is refused: pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monserv.model.host_key import KeyState
from monserv.ssh.host_key import PublicKey
from monserv.ssh.keyfile import Entry
from monserv.ssh.known_hosts import Marker, Mention

# How an entry of our own store came there.
PINNED, ACCEPTED = "pinned", "accepted"
# An error has room for a few fingerprints.
MAX_NAMED = 2

_NOTHING_SENT = "nothing was sent to it"
_HOW = "accept the key on its card or with monserv hostkey accept"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a key is to us, and why it is refused, in a sentence."""

    state: KeyState
    text: str = ""


def judge(
    offered: PublicKey,
    pins: Mapping[str, Entry],
    mentions: Sequence[Mention],
    *,
    is_strict: bool,
) -> Judgement:
    """Judge the key that a server shows.

    ``pins`` are its keys in our own store by their type, ``mentions`` what the user's
    files say of it. A key that is ``NEW`` may be pinned.
    """
    revoked = _with_key(mentions, Marker.REVOKED, offered)
    if revoked is not None:
        return Judgement(
            KeyState.REVOKED,
            f"It shows {offered}, which {revoked.place} has revoked; {_NOTHING_SENT}."
            " Give it another host key",
        )
    trusted = [one for one in mentions if one.marker is Marker.NONE]
    # A file may hold several keys of one type; ssh takes each of them.
    alike = [one for one in trusted if one.key.type == offered.type]
    place = next((one.place for one in alike if one.key == offered), None)
    pin = pins.get(offered.type)
    if pin is not None:
        return _held_against(pin, offered, alike, place)
    if place is not None:
        return Judgement(KeyState.KNOWN)
    if pins or trusted:
        return _changed(offered, pins.values(), alike or trusted)
    return _new(offered, mentions, is_strict=is_strict)


def _held_against(
    pin: Entry, offered: PublicKey, alike: Sequence[Mention], place: str | None
) -> Judgement:
    if pin.key != offered:
        also = f" {place} has the one that it shows." if place else ""
        return _changed(offered, [pin], [], also)
    if alike and place is None and pin.how != ACCEPTED:
        return Judgement(
            KeyState.CHANGED,
            f"It shows {offered}, which is pinned here, but {alike[0].place} says"
            f" {alike[0].key.fingerprint}; {_NOTHING_SENT}. Correct that file, or {_HOW}",
        )
    return Judgement(KeyState.KNOWN)


def _changed(
    offered: PublicKey, pins: Iterable[Entry], mentions: Sequence[Mention], also: str = ""
) -> Judgement:
    named = [f"pinned is {pin.key}" for pin in pins]
    named += [f"{one.place} has {one.key}" for one in mentions]
    rest = f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
    return Judgement(
        KeyState.CHANGED,
        f"It shows {offered}, but {', '.join(named[:MAX_NAMED])}{rest}; {_NOTHING_SENT}.{also}"
        f" If you know that it was reinstalled, {_HOW}",
    )


def _new(offered: PublicKey, mentions: Sequence[Mention], *, is_strict: bool) -> Judgement:
    authority = next((one for one in mentions if one.marker is Marker.AUTHORITY), None)
    if authority is not None:
        return Judgement(
            KeyState.UNKNOWN,
            f"{authority.place} knows it by a certificate authority alone, and paramiko does not"
            f" verify host certificates; {_NOTHING_SENT}. It shows {offered}:"
            f" if that is right, {_HOW}",
        )
    if is_strict:
        return Judgement(
            KeyState.UNKNOWN,
            f"It shows {offered}, which nobody knows yet, and MONSERV_STRICT_HOST_KEYS is on;"
            f" {_NOTHING_SENT}. If that is right, {_HOW}",
        )
    return Judgement(KeyState.NEW)


def _with_key(mentions: Iterable[Mention], marker: Marker, key: PublicKey) -> Mention | None:
    return next((one for one in mentions if one.marker is marker and one.key == key), None)
