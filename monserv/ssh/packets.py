"""Packets of SSH, of bounded size and number; those under AES-GCM without detours.

paramiko reads a packet in several pieces and makes several copies of it. What is agreed on
with nearly every server needs none of that, and a thousand servers answer all the time.
"""

from __future__ import annotations

from typing import Any

from paramiko.message import Message
from paramiko.packet import NeedRekeyException, Packetizer
from paramiko.ssh_exception import SSHException

from monserv.clock import give_way
from monserv.locks import short_lock
from monserv.ssh.wires import ReadAhead

# No packet of a login or of a poll's output comes near this; a length of
# gigabytes before login is an attack on our memory.
MAX_PACKET_BYTES = 256 * 1024

# What is sent to agree on keys, RFC 4250, has some thousand bytes. paramiko makes numbers of it in
# time that grows with the square of their length: a key of 256 KiB would take it four seconds.
_KEY_EXCHANGE = range(20, 50)
MAX_KEY_EXCHANGE_BYTES = 16 * 1024

# What a server may send for one question, and far more than it has to say. Beyond
# that it floods us: paramiko keeps what nobody reads, and never rests while more comes.
MAX_BYTES_PER_QUESTION = 8 * 1024 * 1024
MAX_PACKETS_PER_QUESTION = 20_000
# How often it may renew the keys meanwhile, which costs milliseconds each time.
MAX_KEYS_PER_QUESTION = 64
PACKETS_AT_A_STRETCH = 16

# The lines before the handshake: RFC 4253 allows some before the version, and
# 255 bytes for that.
MAX_GREETING_BYTES = 16 * 1024

# RFC 5647: the length is told in clear, and what follows is whole blocks and a tag.
_LENGTH_BYTES = 4
_BLOCK_BYTES = 16
_TAG_BYTES = 16
_FIXED_IV_BYTES = 4
_LEAST_PADDING_BYTES = 4
# Nobody can tell sealed zeros from anything else.
_PADDING = bytes(_BLOCK_BYTES + _LEAST_PADDING_BYTES)


class _Seal:
    """One direction under AES-GCM: the cipher, and the number of its next packet."""

    def __init__(self, cipher: Any, first_iv: bytes) -> None:
        self.cipher = cipher
        self._fixed = first_iv[:_FIXED_IV_BYTES]
        self._counter = int.from_bytes(first_iv[_FIXED_IV_BYTES:], "big")
        self.packets = 0
        self.bytes = 0

    def next_iv(self, nbytes: int) -> bytes:
        """Return what seals or opens the next packet, which is of ``nbytes``."""
        iv = self._fixed + self._counter.to_bytes(8, "big")
        self._counter = (self._counter + 1) & 0xFFFFFFFFFFFFFFFF
        self.packets += 1
        self.bytes += nbytes
        return iv


class Released(BaseException):
    """Somebody else reads from here on; paramiko's own handlers let this through."""


class CappedPacketizer(Packetizer):
    """Refuses greetings, packets and floods larger than anything a server has to say.

    It lets other threads go first every few packets.
    """

    # All that came and went, encrypted, since the connection was made.
    received_bytes = 0
    sent_bytes = 0

    _greeting_bytes = 0
    _bytes = 0
    _packets = 0
    _keys = 0
    _is_released = False

    def __init__(self, wire: ReadAhead) -> None:
        super().__init__(wire)  # type: ignore[arg-type]  # it wants no more of a socket
        self._wire = wire
        self._inbound: _Seal | None = None
        self._outbound: _Seal | None = None
        self._sending = short_lock()
        self._numbers = 0

    def release(self) -> None:
        """Let somebody else read: the next ``read_message`` raises ``Released``."""
        self._is_released = True

    def start_handshake(self, timeout: float) -> None:
        """Start no timer, which is a thread: who logs in has a deadline, and ends what is late."""

    def renew_allowance(self) -> None:
        """Let the server say as much again: it has been asked something."""
        self._bytes = self._packets = self._keys = 0

    def set_inbound_cipher(self, block_engine: Any, *args: Any, **kwargs: Any) -> None:
        """Open what comes from now on with another key."""
        self._keys += 1
        if self._keys > MAX_KEYS_PER_QUESTION:
            raise SSHException("the server renews its keys again and again")
        super().set_inbound_cipher(block_engine, *args, **kwargs)
        self._inbound = _renewed(self._inbound, block_engine, kwargs.get("iv_in"))

    def set_outbound_cipher(self, block_engine: Any, *args: Any, **kwargs: Any) -> None:
        """Seal what goes out from now on with another key."""
        super().set_outbound_cipher(block_engine, *args, **kwargs)
        self._outbound = _renewed(self._outbound, block_engine, kwargs.get("iv_out"))

    def reset_seqno_in(self) -> None:
        """Count packets anew."""
        super().reset_seqno_in()
        self._numbers = 0

    def read_message(self) -> tuple[int, Message]:
        """Read one packet for paramiko's own thread; raises ``Released`` when it is to end."""
        if self._is_released:
            raise Released
        while True:
            try:
                return self.parsed(self.read_payload())
            except TimeoutError:
                if self.closed:
                    raise EOFError from None
                if self.need_rekey():
                    raise NeedRekeyException from None

    def parsed(self, payload: bytes) -> tuple[int, Message]:
        """Return the packet that was read last, as paramiko takes it apart."""
        message = Message(payload[1:])
        message.seqno = (self._numbers - 1) & 0xFFFFFFFF
        return payload[0], message

    def read_payload(self) -> bytes:
        """Read one packet; refuse what nobody can have asked for.

        After a ``TimeoutError`` it can be called again: nothing is lost.
        """
        self._packets += 1
        if self._packets % PACKETS_AT_A_STRETCH == 0:
            give_way()
        if self._packets > MAX_PACKETS_PER_QUESTION or self._bytes > MAX_BYTES_PER_QUESTION:
            raise SSHException("the server sends far more than it was asked for")
        seal = self._inbound
        payload = self._by_paramiko() if seal is None else self._opened(seal)
        self._numbers += 1
        if not payload:
            raise SSHException("the server sent a packet without content")
        if len(payload) > MAX_KEY_EXCHANGE_BYTES and payload[0] in _KEY_EXCHANGE:
            raise SSHException(f"the server sent {len(payload)} bytes to agree on keys")
        return payload

    def _by_paramiko(self) -> bytes:
        number, message = super().read_message()
        return bytes((number,)) + message.asbytes()

    def _opened(self, seal: _Seal) -> bytes:
        length = self._wire.peek(_LENGTH_BYTES)
        nbytes = int.from_bytes(length, "big")
        if nbytes > MAX_PACKET_BYTES:
            self._refuse_giants(nbytes)
        on_the_wire = _LENGTH_BYTES + nbytes + _TAG_BYTES
        sealed = memoryview(self._wire.take(on_the_wire))[_LENGTH_BYTES:]
        self._bytes += on_the_wire
        self.received_bytes += on_the_wire
        packet: bytes = seal.cipher.decrypt(seal.next_iv(nbytes), sealed, length)
        if seal.packets >= self.REKEY_PACKETS or seal.bytes >= self.REKEY_BYTES:
            self._renew_keys(seal)
        return packet[1 : nbytes - packet[0]]

    def send_message(self, data: Message) -> None:
        """Write one packet."""
        if self._outbound is None:
            super().send_message(data)
        else:
            self.send_payload(data.asbytes())

    def send_payload(self, payload: bytes) -> None:
        """Write one packet; raises ``EOFError`` when the connection has ended."""
        seal = self._outbound
        if seal is None:
            super().send_message(Message(payload))
            return
        unpadded = len(payload) + 1
        padding = _BLOCK_BYTES - unpadded % _BLOCK_BYTES
        if padding < _LEAST_PADDING_BYTES:
            padding += _BLOCK_BYTES
        length = (unpadded + padding).to_bytes(_LENGTH_BYTES, "big")
        packet = b"%c%b%b" % (padding, payload, _PADDING[:padding])
        with self._sending:
            iv = seal.next_iv(len(packet))
            self.write_all(length + seal.cipher.encrypt(iv, packet, length))
        if seal.packets >= self.REKEY_PACKETS or seal.bytes >= self.REKEY_BYTES:
            self._renew_keys(seal)

    def _renew_keys(self, seal: _Seal) -> None:
        """Have new keys agreed on; a server that does not is given up in the end."""
        self._trigger_rekey()  # type: ignore[attr-defined]  # the stubs leave it out
        if seal.packets >= 2 * self.REKEY_PACKETS or seal.bytes >= 2 * self.REKEY_BYTES:
            raise SSHException("the server ignores that new keys are due")

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        """Read ``n`` bytes; refuse more than ``MAX_PACKET_BYTES``."""
        self._refuse_giants(n)
        self._bytes += n
        self.received_bytes += n
        if not self._is_released:
            return super().read_all(n, check_rekey)
        while True:
            try:
                return self._wire.take(n)
            except TimeoutError:
                # Between two packets one may go and come back.
                if check_rekey:
                    raise

    def _refuse_giants(self, nbytes: int) -> None:
        if not 0 <= nbytes <= MAX_PACKET_BYTES:
            raise SSHException(f"the server announced a packet of {nbytes} bytes")

    def write_all(self, out: bytes) -> None:  # type: ignore[override]  # it hands on bytes
        """Write all of ``out``, and count it."""
        self.sent_bytes += len(out)
        try:
            sent = self._wire.send(out)
        except TimeoutError:
            sent = 0
        except OSError:
            raise EOFError from None
        if sent < len(out):
            super().write_all(out[sent:])

    def _read_timeout(self, timeout: float) -> bytes:
        """Read a piece of the greeting, for which paramiko has no bound of its own."""
        piece: bytes = super()._read_timeout(timeout)  # type: ignore[misc]  # the stubs leave it out
        self._greeting_bytes += len(piece)
        if self._greeting_bytes > MAX_GREETING_BYTES:
            raise SSHException("the greeting has no end")
        return piece


def _renewed(before: _Seal | None, cipher: Any, first_iv: bytes | None) -> _Seal | None:
    """Return the seal of new keys, ``None`` where it is no AES-GCM."""
    if first_iv is not None:
        return _Seal(cipher, first_iv)
    if before is not None:
        # Packets have not been counted as the others need it.
        raise SSHException("the server changed to another kind of encryption")
    return None
