"""Where a registration came from, out of hidden fields, addresses and cookies: the contract's `source`. Pure."""

import re
from collections.abc import Mapping

from connectors.body import query_fields, query_of, unquoted
from connectors.reading import holds_email, text

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
_TILDA_COOKIE = re.compile(r"(?:^|[;\s])TILDAUTM=([^;]*)")
_SEPARATOR = re.compile(r"\|{2,3}|&")


def utm_of(fields: Mapping[str, object]) -> dict[str, str]:
    """The utm fields among them, named in any case. An email in one of them says who, not from where: left out."""
    said = {}
    for name, value in fields.items():
        key = name.strip().lower()
        if key in UTM:
            content = text(value)
            if content and not holds_email(content):
                said[key] = content
    return said


def utm_of_url(url: str) -> dict[str, str]:
    """The utm fields in the query of a landing page's address."""
    return utm_of(query_fields(query_of(url)) or {}) if "?" in url else {}


def utm_of_cookies(cookies: str) -> dict[str, str]:
    """The utm fields that Tilda keeps in its cookie TILDAUTM, `utm_source=a|||utm_medium=b`, percent-encoded."""
    match = _TILDA_COOKIE.search(cookies)
    if match is None:
        return {}
    pairs = (pair.partition("=") for pair in _SEPARATOR.split(unquoted(match[1])))
    return utm_of({name: unquoted(value) for name, _, value in pairs})


def without_query(referrer: str) -> str | None:
    """An address without what may be personal in it: user, query and fragment. None if nothing is left."""
    page = re.split(r"[?#]", text(referrer), maxsplit=1)[0]
    scheme, separator, rest = page.rpartition("://")
    authority, slash, path = rest.partition("/")
    place = f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}".strip()
    return None if not place or holds_email(place) else place


def source_of(utm: Mapping[str, str], referrer: str = "", **more: str) -> dict[str, str] | None:
    """The contract's `source`: utm fields, the referrer's host and path, and more of its fields. None: nothing said."""
    source = {**utm, **{name: said for name, said in more.items() if said and not holds_email(said)}}
    page = without_query(referrer)
    if page:
        source["referrer"] = page
    return source or None
