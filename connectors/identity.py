"""Who is who without saying who: keyed hashes that stand for people (docs/contract.md, "person_id"). Pure.

HMAC-SHA256, the first 128 bits in hex. Keyed, because a plain hash of an email is undone by trying known emails.
"""

import hmac

_HEX_DIGITS = 32


def normal_email(text: str) -> str | None:
    """The email in the form that is hashed: trimmed and lower-cased, nothing else folded. None if it is no email."""
    email = text.strip().lower()
    name, at, domain = email.rpartition("@")
    return email if at and name and domain and " " not in email else None


def email_person_id(email: str, secret: str) -> str:
    """`p_…`: the same person in every webinar and on every platform. `email` as `normal_email` gives it."""
    return "p_" + _keyed_hash(email, secret)


def registrant_person_id(platform: str, registrant_id: str, secret: str) -> str:
    """`r_…`: a registrant whose email is not known, from `platform:registrant id`."""
    return "r_" + _keyed_hash(f"{platform}:{registrant_id}", secret)


def email_domain_id(email: str, secret: str) -> str:
    """`d_…`: the domain of the email, by which a company's own people are left out."""
    return "d_" + _keyed_hash(email.rpartition("@")[2], secret)


def _keyed_hash(text: str, secret: str) -> str:
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()[:_HEX_DIGITS]
