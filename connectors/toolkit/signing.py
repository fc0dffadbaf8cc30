"""Authenticates requests: tokens and signatures, compared in constant time. Pure."""

import hmac
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Literal, TypeAlias

Algorithm: TypeAlias = Literal["sha1", "sha256", "sha512"]
Encoding: TypeAlias = Literal["hex", "base64"]


def same(given: str, expected: str) -> bool:
    """Whether the texts are equal, in a time that does not depend on where they differ. False for an empty secret."""
    return bool(expected) and hmac.compare_digest(_bytes(given), _bytes(expected))


def signed(given: str, secret: str, expected: Callable[[], str]) -> bool:
    """The same for a signature, computed only if there is a secret: anybody can sign with an empty one."""
    return bool(secret) and same(given, expected())


def hmac_text(secret: str, body: bytes, algorithm: Algorithm = "sha256", encoding: Encoding = "hex") -> str:
    """HMAC of the raw body under the secret."""
    digest = hmac.digest(secret.encode(), body, algorithm)
    return digest.hex() if encoding == "hex" else b64encode(digest).decode()


def sha256_hex(*parts: bytes) -> str:
    """SHA-256 of the concatenated parts: no HMAC, for services that sign this way."""
    return sha256(b"".join(parts)).hexdigest()


def _bytes(text: str) -> bytes:
    # Different texts stay different; replacing invalid characters could make them equal.
    return text.encode("utf-8", "surrogatepass")
