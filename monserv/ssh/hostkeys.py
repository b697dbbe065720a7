"""Host keys: the first key that a server shows is the one it must keep.

Two places know keys: our own store, where they are pinned and accepted, and what the user's
``known_hosts`` says. A key that is refused is kept aside, so that a person can look at it
and accept it, here or in another process. What cannot be read refuses every server rather
than trusting anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from monserv.clock import Clock, SystemClock
from monserv.errors import Cause, PollError, ServerConflict, TurnedAway
from monserv.model.host_key import ACCEPTABLE, HostKeyReport, KeyState, KnownKey, OfferedKey
from monserv.model.server import DEFAULT_SSH_PORT, Server
from monserv.model.trial import ShownKey
from monserv.offload import RealThreads
from monserv.ssh.host_key import MAX_CHARACTERS, PublicKey
from monserv.ssh.judgement import ACCEPTED, PINNED, Judgement, judge
from monserv.ssh.keyfile import Entries, Entry, KeyFile
from monserv.ssh.known_hosts import KnownHosts, Marker, Mention
from monserv.ssh.witness import Witness

STORE = "known_hosts"
OFFERS_FILE = "offered_keys"
OFFERED = "offered"
# Between a jump server and what is behind it.
BEHIND = ">"
# Connections can be tested with any place.
MAX_OFFERS = 5000
NOTHING_KNOWN = KnownHosts(())
_CAUSES = {
    KeyState.CHANGED: Cause.HOST_KEY_CHANGED,
    KeyState.UNKNOWN: Cause.HOST_KEY_UNKNOWN,
    KeyState.REVOKED: Cause.HOST_KEY_REVOKED,
}

# A key that nobody knows yet; the second only in strict mode, or behind an authority.
_NEW_STATES = frozenset({KeyState.NEW, KeyState.UNKNOWN})
_ANOTHER = "It shows {}, and not {}, which was accepted; nothing was sent to it"

log = logging.getLogger(__name__)


def pinned_host(server: Server) -> str:
    """Return the host to pin for a server: what is behind a jump server is another machine.

    ``bastion>10.0.0.3`` has another key than the 10.0.0.3 of this network.
    """
    return server.way + server.host


def host_name(host: str, port: int) -> str:
    """Return the name under which a host's keys are kept, as OpenSSH spells it.

    In small letters: ``NAS`` is no other machine than ``nas``, whose key is known.
    """
    host = host.lower()
    return host if port == DEFAULT_SSH_PORT else f"[{host}]:{port}"


def _name_for_the_user(name: str) -> str:
    """Return the name without the way to it, which no list of ``ssh`` has."""
    host = name.rpartition(BEHIND)[2]
    return f"[{host}" if BEHIND in name and "]:" in host else host


class HostKeys:
    """All that is known of host keys, safe for many connections at once.

    Every call raises ``PollError(UNREACHABLE)`` when a store cannot be used.
    """

    def __init__(
        self,
        path: Path,
        known_hosts: KnownHosts = NOTHING_KNOWN,
        *,
        is_strict: bool = False,
        clock: Clock | None = None,
        threads: RealThreads | None = None,
    ) -> None:
        self._pins = KeyFile(path, threads)
        self._offers = KeyFile(path.with_name(OFFERS_FILE), threads)
        self._known_hosts = known_hosts
        self._is_strict = is_strict
        self._clock = clock or SystemClock()
        # Name -> the key that this process refused last, which no file may forget.
        self._refused: dict[str, PublicKey] = {}
        # Name -> the key that nobody knew when an onlooker saw it.
        self._seen: dict[str, PublicKey] = {}

    def pinned_types(self, host: str, port: int) -> tuple[str, ...]:
        """Return the key types known for a server, which it should be asked for first."""
        name = host_name(host, port)
        mentions = self._known_hosts.about(_name_for_the_user(name))
        known = [one.key.type for one in mentions if one.marker is Marker.NONE]
        return tuple(dict.fromkeys([*self._pins.of(name), *known]))

    def check(self, host: str, port: int, key_type: str, key_base64: str) -> None:
        """Accept the key that a server shows, pinning the very first one.

        Raises ``TurnedAway`` with a cause and both fingerprints when it is refused.
        """
        name, offered = host_name(host, port), _offered(key_type, key_base64)
        judgement = self._judge(name, offered)
        if judgement.state is KeyState.NEW:
            self._pin(name, offered)
            judgement = self._judge(name, offered)
        if judgement.state is not KeyState.KNOWN:
            raise self._refuse(name, offered, judgement)
        self._forget_offer(name)

    def is_known(self, host: str, port: int, key_type: str, key_base64: str) -> bool:
        """Whether the key that a server shows is known; pins nothing.

        Raises as ``check`` does when it is refused.
        """
        name, offered = host_name(host, port), _offered(key_type, key_base64)
        judgement = self._judge(name, offered)
        if judgement.state in _NEW_STATES:
            _put_bounded(self._seen, name, offered)
        if judgement.state in _CAUSES:
            raise self._refuse(name, offered, judgement)
        return judgement.state is KeyState.KNOWN

    def takes_refused(self, host: str, port: int) -> bool:
        """Whether the key that was refused last would not be refused any more."""
        name = host_name(host, port)
        refused = self._refused.get(name)
        return refused is not None and self._judge(name, refused).state not in _CAUSES

    def report(self, host: str, port: int) -> HostKeyReport:
        """Return all there is to say of a server's host key."""
        name = host_name(host, port)
        offer = _only(self._offers, name)
        pins, mentions = self._pins.of(name), self._mentions(name, offer.key if offer else None)
        known = [
            KnownKey(
                pin.key.type,
                pin.key.fingerprint,
                str(self._pins.path),
                pin.since,
                pin.how == ACCEPTED,
            )
            for pin in pins.values()
        ]
        known += [
            KnownKey(one.key.type, one.key.fingerprint, one.place, None)
            for one in mentions
            if one.marker is Marker.NONE
        ]
        judgement = Judgement(KeyState.KNOWN if known else KeyState.NEW)
        if offer is not None:
            judgement = self._judge(name, offer.key)
        if offer is None or judgement.state not in _CAUSES:
            return HostKeyReport(judgement.state, tuple(known), None, "")
        shown = OfferedKey(offer.key.type, offer.key.fingerprint, offer.since)
        return HostKeyReport(judgement.state, tuple(known), shown, judgement.text)

    def accept(self, host: str, port: int, wanted: str) -> OfferedKey:
        """Trust the key that was refused, in place of those before; a person says so.

        ``wanted`` is its fingerprint. Raises ``ServerConflict`` when the server shows
        another key, none that waits, or one that is revoked.
        """
        name = host_name(host, port)
        offer = _only(self._offers, name)
        judgement = Judgement(KeyState.NEW) if offer is None else self._judge(name, offer.key)
        if offer is None or judgement.state not in _CAUSES:
            raise ServerConflict("It shows no key that waits to be accepted.")
        if offer.key.fingerprint != wanted:
            raise ServerConflict(
                f"It shows {offer.key.fingerprint}, and not {wanted}; nothing was accepted."
            )
        if judgement.state not in ACCEPTABLE:
            raise ServerConflict(f"{judgement.text}.")
        self._take(name, offer.key)
        return OfferedKey(offer.key.type, offer.key.fingerprint, offer.since)

    def vouch(self, host: str, port: int, wanted: str) -> None:
        """Trust the new key that an onlooker saw, before anybody watches; a person says so.

        ``wanted`` is its fingerprint. Raises ``ServerConflict`` when no such key was seen,
        or when the server has another one by now.
        """
        name = host_name(host, port)
        if any(pin.key.fingerprint == wanted for pin in self._pins.of(name).values()):
            return
        seen = self._seen.get(name)
        if seen is None or seen.fingerprint != wanted:
            raise ServerConflict(
                "It has not shown that host key lately; test the connection again."
            )
        judgement = self._judge(name, seen)
        if judgement.state not in _NEW_STATES:
            raise ServerConflict(f"{judgement.text or 'Its host key is known already'}.")
        self._take(name, seen)

    def _take(self, name: str, key: PublicKey) -> None:
        """Write down that a person trusts a key, in place of those before."""
        entry = Entry(key, ACCEPTED, self._now())

        def replace(entries: Entries) -> None:
            entries[name] = {entry.key.type: entry}

        self._pins.change(replace)
        if self._pins.of(name).get(entry.key.type) != entry:
            raise _lost(self._pins)

    def _judge(self, name: str, offered: PublicKey) -> Judgement:
        mentions = self._mentions(name, offered)
        return judge(offered, self._pins.of(name), mentions, is_strict=self._is_strict)

    def _mentions(self, name: str, offered: PublicKey | None) -> Sequence[Mention]:
        """Return what the user's files say of a host.

        They know nothing of jump servers. What they say of the same address here proves
        the key that is shown there, or revokes it, and contradicts no other one.
        """
        mentions = self._known_hosts.about(_name_for_the_user(name))
        if BEHIND not in name:
            return mentions
        return [one for one in mentions if one.key == offered]

    def _pin(self, name: str, offered: PublicKey) -> None:
        entry = Entry(offered, PINNED, self._now())

        def add(entries: Entries) -> None:
            entries.setdefault(name, {offered.type: entry})

        self._pins.change(add)
        if not self._pins.of(name):
            raise _lost(self._pins)

    def _refuse(self, name: str, offered: PublicKey, judgement: Judgement) -> TurnedAway:
        """Keep a key aside, for a person to look at; return the error."""
        _put_bounded(self._refused, name, offered)
        self._keep_offer(name, offered)
        return TurnedAway(_CAUSES[judgement.state], judgement.text)

    def _keep_offer(self, name: str, offered: PublicKey) -> None:
        entry = Entry(offered, OFFERED, self._now())

        def keep(entries: Entries) -> None:
            before = entries.get(name, {}).get(offered.type)
            if before is None or before.key != offered:
                # The last one is the newest.
                entries.pop(name, None)
                entries[name] = {offered.type: entry}
            for old in list(entries)[:-MAX_OFFERS]:
                del entries[old]

        self._change_offers(name, keep)

    def _forget_offer(self, name: str) -> None:
        def forget(entries: Entries) -> None:
            entries.pop(name, None)

        self._change_offers(name, forget)

    def _change_offers(self, name: str, edit: Callable[[Entries], None]) -> None:
        """Note what people may look at; what a key is to us does not depend on it."""
        if not self._offers.path.parent.exists():
            # A command that looks at a server before anything was ever started.
            return
        try:
            entries: Entries = {name: dict(self._offers.of(name))}
            edit(entries)
            if entries.get(name, {}) != self._offers.of(name):
                self._offers.change(edit)
        except PollError as error:
            log.warning("which keys were refused is not kept: %s", error)

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)


class Onlooker:
    """Judges by what is known and pins nothing; its witness hears of the key."""

    def __init__(self, store: HostKeys, witness: Witness) -> None:
        self._store = store
        self._witness = witness
        self.pinned_types = store.pinned_types
        self.takes_refused = store.takes_refused

    def check(self, host: str, port: int, key_type: str, key_base64: str) -> None:
        """Accept a key that is known, or where none is; raises as ``HostKeys.check``.

        Where the witness vouches for one, it is that one or none.
        """
        mark, vouched = _offered(key_type, key_base64).fingerprint, self._witness.vouched()
        self._witness.saw_key(ShownKey(key_type, mark, is_known=False))
        try:
            is_known = self._store.is_known(host, port, key_type, key_base64)
        except TurnedAway as error:
            if error.cause is not Cause.HOST_KEY_UNKNOWN:
                raise
            self._witness.saw_key(ShownKey(key_type, mark, is_known=False, is_acceptable=True))
            if vouched != mark:
                raise
        else:
            is_new = not is_known
            self._witness.saw_key(ShownKey(key_type, mark, is_known, is_acceptable=is_new))
        if vouched and vouched != mark:
            raise TurnedAway(Cause.HOST_KEY_CHANGED, _ANOTHER.format(mark, vouched))


def _offered(key_type: str, key_base64: str) -> PublicKey:
    if len(key_base64) > MAX_CHARACTERS:
        raise TurnedAway(Cause.UNREACHABLE, "The server's host key is absurdly long")
    return PublicKey(key_type, key_base64)


def _put_bounded(keys: dict[str, PublicKey], name: str, key: PublicKey) -> None:
    """Remember a key; what was put first goes when there are too many."""
    if len(keys) >= MAX_OFFERS and name not in keys:
        del keys[next(iter(keys))]
    keys[name] = key


def _only(file: KeyFile, name: str) -> Entry | None:
    return next(iter(file.of(name).values()), None)


def _lost(file: KeyFile) -> PollError:
    return PollError(Cause.UNREACHABLE, f"The host key store {file.path} cannot be written")
