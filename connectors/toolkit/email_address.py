"""The cleaning of email addresses for all connectors: a pasted, exported or wrapped text -> the address. Pure.

A clean ASCII address only loses spaces around it and upper case, so that its hash never changes. A text that cannot be
an address is refused, with a reason that repeats no content.
"""

import re
import unicodedata

import idna

_LONGEST = 254
"""The longest address that mail servers accept, in characters (RFC 5321, section 4.5.3.1.3)."""
_INVISIBLE = frozenset({"Cc", "Cf"})
"""Control and format characters: zero-width ones, soft hyphens, directional marks, the byte order mark."""
_VARIATION = re.compile("[\u034f\u115f\u1160\u3164\ufe00-\ufe0f]")
"""Invisible characters of other categories."""
_SCHEME = re.compile(r"mailto\s*:\s*", re.IGNORECASE)
_NAMED = re.compile(r"[^<>]*<([^<>]+)>[^<>@]*")
"""`Ann Lee <ann@example.com>`."""
_BEFORE = " '\"`´‘’‚‛“”„‟«»‹›<>()[]{};,:.*|•·‐–—…"
_AFTER = _BEFORE + "!?/\\"
_ASIDE = re.compile(r"([^()]*)\(([^()]*)\)([^()]*)")
"""`ann@example.com (Ann Lee)`, and `Ann Lee (ann@example.com)`."""
_ENCODED_PLUS = re.compile("%2b", re.IGNORECASE)
_GUEST = re.compile(r"([^@#]+)_([^@#_]+)#ext#@[^@]+", re.IGNORECASE)
"""How Microsoft names a guest of an organisation: `ann_example.com#EXT#@tenant.onmicrosoft.com`."""
_BETWEEN = re.compile(r"[\s,;]")
_LOCAL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")
_NO_DOMAIN = "not an email address: the part after its at sign is not a domain"


class EmailError(ValueError):
    """Not an email address. The text is the reason and repeats no content."""


def clean_email(text: str) -> str:
    """The address in the form that is hashed: lower case, compatibility forms folded (NFKC), without anything around
    it (spaces, quotes, brackets, `mailto:`, a name, a trailing `;` or `.`) and without invisible characters; its domain
    in ASCII (docs/decisions/0032-email-domains-in-ascii.md).

    Dots and `+` in its first part stay. Raises EmailError.
    """
    address = _unwrapped(_visible(text)).lower()
    local, at, domain = address.rpartition("@")
    in_ascii = ascii_domain(domain)
    cleaned = address if in_ascii is None else f"{local}{at}{in_ascii}"
    _check(cleaned)
    if in_ascii is None:
        raise EmailError(_NO_DOMAIN)
    return cleaned


def ascii_domain(domain: str) -> str | None:
    """The domain in DNS form: `xn--…` if it has letters beyond ASCII; None: it cannot be a domain."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None


def _visible(text: str) -> str:
    # Invisible characters go first: between a letter and its accent they would keep NFKC from composing them.
    shown = "".join(one for one in text if one in "\t\n\r" or unicodedata.category(one) not in _INVISIBLE)
    return _VARIATION.sub("", unicodedata.normalize("NFKC", shown)).strip()


def _unwrapped(text: str) -> str:
    named = _NAMED.fullmatch(text)
    address = (named[1] if named else _without_aside(text)).lstrip(_BEFORE)
    scheme = _SCHEME.match(address)
    if scheme:
        address = address[scheme.end() :].partition("?")[0]
    if scheme or "@" not in address:
        address = address.replace("%40", "@")
    address = _ENCODED_PLUS.sub("+", address.lstrip(_BEFORE).rstrip(_AFTER))
    guest = _GUEST.fullmatch(address)
    return f"{guest[1]}@{guest[2]}" if guest else address


def _without_aside(text: str) -> str:
    aside = _ASIDE.fullmatch(text)
    if aside is None:
        return text
    around = f"{aside[1]} {aside[3]}"
    if "@" in aside[2] and "@" not in around:
        return aside[2]
    return text if "@" in aside[2] else around


def _check(address: str) -> None:
    if "@" not in address:
        raise EmailError("not an email address: it has no at sign")
    if address.count("@") > 1:
        several = _BETWEEN.search(address)
        raise EmailError("more than one email address" if several else "not an email address: it has two at signs")
    local, _, domain = address.partition("@")
    if not local or not domain:
        raise EmailError("not an email address: one side of its at sign is empty")
    if _BETWEEN.search(address):
        raise EmailError("not an email address: it has a space or a comma in it")
    if ".." in address:
        raise EmailError("not an email address: it has two dots in a row")
    if len(address) > _LONGEST:
        raise EmailError(f"not an email address: longer than {_LONGEST} characters")
    if not _LOCAL.fullmatch(local) or local.endswith("."):
        raise EmailError("not an email address: the part before its at sign cannot be a mailbox")
    *labels, top = domain.split(".")
    if not labels:
        raise EmailError("not an email address: its domain has no ending such as .com")
    if len(top) < 2 or top.isdecimal() or not all(map(_LABEL.fullmatch, (*labels, top))):
        raise EmailError(_NO_DOMAIN)
