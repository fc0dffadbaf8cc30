"""Tokens and signatures are equal only where every character is."""

from connectors.toolkit.signing import hmac_text, same, sha256_hex


def test_known_digests() -> None:
    """RFC 4231, test case 2, and FIPS 180 for "abc"."""
    body, key = b"what do ya want for nothing?", "Jefe"
    assert hmac_text(key, body) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_text(key, body, encoding="base64") == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    assert hmac_text(key, body, "sha1") == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    assert sha256_hex(b"a", b"b", b"c") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_an_empty_secret_is_never_right() -> None:
    assert same("a", "a")
    assert not same("", "")
    assert not same("a", "b")
    assert not same("\ud800é", "a")
