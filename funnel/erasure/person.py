"""Whom a search is about: emails, the ids made of them and of linked registrants; and whether bytes name them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote_plus

from connectors.toolkit.email_address import EmailError, clean_email
from connectors.toolkit.identity import email_person_id
from contract.forgotten import forgotten_id

_ID = re.compile(rb"[pr]_[0-9a-f]{32}")
_SIGNS = (b"@", b"40", b"64")
"""Of an at sign: itself, or escaped as `%40`, `\\u0040`, `&#x40;`, `&#64;`."""
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BESIDE = re.compile(r"[\s\"'<>(),;:\\\[\]{}=&|]")
"""What stands beside an address, and in none."""
_LONGEST = 320
"""Characters of an address on either side of its at sign (RFC 3696: 64 and 255)."""


@dataclass(slots=True)
class Subjects:
    """The persons of one search or erasure."""

    emails: frozenset[str]
    """From `clean_email`."""
    ids: set[str] = field(default_factory=set)
    """Their person ids, and those of registrants that are linked to them."""

    @property
    def hashes(self) -> frozenset[str]:
        """The ids as they are remembered once forgotten."""
        return frozenset(map(forgotten_id, self.ids))

    def are_in(self, content: bytes | None) -> bool:
        """Whether the content names one of them: an id, or the email in any form that `clean_email` understands."""
        if not content:
            return False
        if any(found.decode() in self.ids for found in _ID.findall(content)):
            return True
        if not self.emails or not any(sign in content for sign in _SIGNS):
            return False
        return any(self._names(text) for text in _readings(content))

    def _names(self, text: str) -> bool:
        return any(_cleaned(found) in self.emails for found in _addresses(text))


def subjects(emails: list[str], secret: str) -> Subjects:
    """Of these emails. Raises EmailError with the one that is none."""
    cleaned = []
    for email in emails:
        try:
            cleaned.append(clean_email(email))
        except EmailError as error:
            raise EmailError(f"{email}: {error}") from error
    return Subjects(frozenset(cleaned), {email_person_id(one, secret) for one in cleaned})


def _readings(content: bytes) -> list[str]:
    """The text as it is, and with the escapes of JSON, of addresses and forms, and of HTML resolved."""
    plain = content.decode(errors="replace")
    resolved = _UNICODE_ESCAPE.sub(lambda found: chr(int(found[1], 16)), plain)
    return [plain, unescape(resolved), unquote_plus(resolved)]


def _addresses(text: str) -> Iterator[str]:
    """What may be addresses. From each at sign outwards: a record may be a megabyte without any."""
    at = text.find("@")
    while at >= 0:
        before, after = text[max(0, at - _LONGEST) : at], text[at + 1 : at + 1 + _LONGEST]
        yield f"{_BESIDE.split(before)[-1]}@{_BESIDE.split(after, maxsplit=1)[0]}"
        at = text.find("@", at + 1)


def _cleaned(text: str) -> str | None:
    try:
        return clean_email(text)
    except EmailError:
        return None
