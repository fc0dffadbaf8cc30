"""Pseudonymous ids: keyed hashes that identify people (docs/contract.md, "person_id"). Pure.

HMAC-SHA256, the first 128 bits in hex. Keyed, because a plain hash of an email is broken by trying known emails.
"""

import hmac
from functools import lru_cache
from typing import TypedDict

from connectors.toolkit.email_address import EmailError, clean_email

_HEX_DIGITS = 32


class Person(TypedDict, total=False):
    """The person fields of an event: `{**content, **person}`."""

    person_id: str
    domain_id: str


def normal_email(text: str) -> str | None:
    """The email in the form that is hashed (`clean_email`). None if it is not an email."""
    try:
        return clean_email(text)
    except EmailError:
        return None


def email_person_id(email: str, secret: str) -> str:
    """`p_…`: the same person in every webinar and on every platform. `email` from `normal_email`."""
    return "p_" + _keyed_hash(email, secret)


def registrant_person_id(platform: str, registrant_id: str, secret: str) -> str:
    """`r_…`: a registrant whose email is not known, from `platform:registrant id`."""
    return "r_" + _keyed_hash(f"{platform}:{registrant_id}", secret)


def email_domain_id(email: str, secret: str) -> str:
    """`d_…`: the id of the email's domain, by which a company's own people are left out."""
    return "d_" + _keyed_hash(email.rpartition("@")[2], secret)


def person_of_email(email: str, secret: str) -> Person:
    """The person fields for an email from `clean_email`."""
    return Person(person_id=email_person_id(email, secret), domain_id=email_domain_id(email, secret))


def person_of(platform: str, email: str, registrant_id: str, secret: str) -> Person | None:
    """The person fields by the email, else by the service's own id of the registrant; None if there is neither.

    An invalid email counts as none.
    """
    normal = normal_email(email)
    if normal is not None:
        return person_of_email(normal, secret)
    if registrant_id:
        return Person(person_id=registrant_person_id(platform, registrant_id, secret))
    return None


def link_of(platform: str, email: str, registrant_id: str, secret: str) -> dict[str, object] | None:
    """The fields of an identity event for a message with both an email and a registrant id; else None.

    Whatever was counted under the registrant id then counts for this person (docs/contract.md, "identity").
    """
    normal = normal_email(email)
    if normal is None or not registrant_id:
        return None
    return {
        "type": "identity",
        "platform": platform,
        "person_id": registrant_person_id(platform, registrant_id, secret),
        "same_as": email_person_id(normal, secret),
    }


@lru_cache(maxsize=1024)  # A payload's registration, identity and session need the same hash.
def _keyed_hash(text: str, secret: str) -> str:
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()[:_HEX_DIGITS]
