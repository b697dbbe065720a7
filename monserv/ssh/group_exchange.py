"""Agreeing on keys in a group that the server chooses, at a cost that is bounded.

The numbers are Python's, which nobody else can compute beside: in a group of 8192 bits, which
paramiko would take, a server could hold up the whole process for seconds, as often as it likes.
"""

from __future__ import annotations

import secrets

from paramiko.kex_gex import KexGexSHA256
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

# Twice the strength of any cipher here, which is what OpenSSH takes (RFC 4419, section 6.2).
EXPONENT_BITS = 512


class BoundedGroupExchange(KexGexSHA256):
    """``diffie-hellman-group-exchange-sha256``, as a client."""

    # Servers whose list of groups was cleared of small ones have 3072 and more; without a
    # list OpenSSH takes the largest that is asked for.
    max_bits = 4096

    def _generate_x(self) -> None:
        self.x = secrets.randbits(EXPONENT_BITS) | 1 << EXPONENT_BITS - 1

    def _parse_kexdh_gex_group(self, m: Message) -> None:
        bits = m.get_mpint().bit_length()
        if not self.min_bits <= bits <= self.max_bits:
            raise SSHException(f"the server chose a group of {bits} bits")
        m.rewind()
        super()._parse_kexdh_gex_group(m)  # type: ignore[misc]  # the stubs leave it out
