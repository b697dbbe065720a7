"""Certificates that tests make for themselves."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = "status.example.net"


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for ``NAME``, and its key."""

    certificate: Path
    key: Path

    def trust(self) -> ssl.SSLContext:
        """Return what a client that knows this certificate, and no other, goes by."""
        return ssl.create_default_context(cafile=str(self.certificate))


def make_certificate(folder: Path, passphrase: str = "") -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        locked = serialization.BestAvailableEncryption(passphrase.encode())
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    paths = Certificate(folder / "fullchain.pem", folder / "privkey.pem")
    paths.certificate.write_bytes(made.public_bytes(encoding))
    paths.key.write_bytes(key.private_bytes(encoding, form, locked))
    paths.key.chmod(0o600)
    return paths
