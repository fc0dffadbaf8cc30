"""A certificate authority of a test: it signs for brokers and clients, also what must not be accepted."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = ("localhost", "127.0.0.1")


class Authority:
    """Its certificate is in `file`."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        made = _builder(self._name, self._name, self._key, timedelta(days=1)).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file = folder / f"{name}.pem"
        self._certificate = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        self.file.write_bytes(self._certificate)

    def signed(
        self, name: str, names: Sequence[str] = LOOPBACK, lasts: timedelta = timedelta(days=1)
    ) -> tuple[Path, Path]:
        """Files of a certificate and its key. `lasts`: from now on; of an expired one, below 0."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _builder(_named(name), self._name, key, lasts).add_extension(
            x509.SubjectAlternativeName([_alternative(one) for one in names]), critical=False
        )
        certificate, secret = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        public = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        certificate.write_bytes(public + self._certificate)
        encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, none))
        return certificate, secret


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + lasts)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
