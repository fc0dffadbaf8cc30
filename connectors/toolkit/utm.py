"""The source of a registration, from hidden fields, URLs and cookies: the contract's `source`. Pure."""

import re
from collections.abc import Mapping

from connectors.toolkit.body import unquoted
from connectors.toolkit.reading import holds_email, text
from contract.source_names import canonical_name

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CLICK_IDS = {
    **dict.fromkeys(("gclid", "gbraid", "wbraid", "dclid"), "google"),
    "fbclid": "facebook",
    "msclkid": "bing",
    "ttclid": "tiktok",
    "yclid": "yandex",
    "twclid": "twitter",
    "li_fat_id": "linkedin",
    "sccid": "snapchat",
    "epik": "pinterest",
    "rdt_cid": "reddit",
    "ysclid": "yandex",
    "gad_source": "google",
    **dict.fromkeys(("igshid", "igsh"), "instagram"),
}
"""Advertisers' click id parameters, and whose they are. Their values identify the person: never stored."""
_CLICKED = "click_id"
_TILDA_COOKIE = re.compile(r"(?:^|[;\s])TILDAUTM=([^;]*)")
_SEPARATOR = re.compile(r"\|{2,3}|&")
_PARAMETERS = re.compile(r"[?#&;]")
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
_MOST_PARAMETERS = 1000
_MOST_LAYERS = 4
"""How many URLs within URLs are followed, each percent-encoded once more."""
_ENCODED = re.compile(r"[a-z][a-z0-9+.-]*%(?:25)*3a", re.IGNORECASE)
"""The whole URL was percent-encoded, so its query would not be recognised."""
_GLUED = re.compile(r"[?&#;]utm_[a-z]+=", re.IGNORECASE)


def utm_of(fields: Mapping[str, object]) -> dict[str, str]:
    """The utm fields among them, named in any case, and the owner of a click id: for `source_of`.

    A field with an email names a person, not a source: it is left out.
    """
    said: dict[str, str] = {}
    for name, value in fields.items():
        key, content = name.strip().lower(), text(value)
        if key in CLICK_IDS and content:
            said.setdefault(_CLICKED, CLICK_IDS[key])
        elif key in UTM and content and not holds_email(content):
            said[key] = content
    return said


def utm_of_url(url: str) -> dict[str, str]:
    """The same from a landing page's URL: its query, its fragment, and anything appended to either.

    `&amp;` is an ampersand; of a repeated parameter the last that is not empty counts. The URL inside a redirect
    (`l.php?u=https%3A%2F%2F…utm_source%3D…`) counts if the outer URL has none.
    """
    found: dict[str, str] = {}
    for _ in range(_MOST_LAYERS):
        found = _utm_as_written(url)
        if found and not any(map(_GLUED.search, found.values())):
            break
        inner = unquoted(url)
        if inner == url:
            break
        url = inner
    return found


def _utm_as_written(url: str) -> dict[str, str]:
    parameters = _PARAMETERS.split(_AMPERSAND.sub("&", url), maxsplit=_MOST_PARAMETERS)[1:]
    pairs = (parameter.partition("=") for parameter in parameters)
    said = ((unquoted(name), unquoted(value)) for name, _, value in pairs)
    return utm_of({name: value for name, value in said if value.strip()})


def utm_of_cookies(cookies: str) -> dict[str, str]:
    """The utm fields in Tilda's cookie TILDAUTM, `utm_source=a|||utm_medium=b`, percent-encoded."""
    match = _TILDA_COOKIE.search(cookies)
    if match is None:
        return {}
    pairs = (pair.partition("=") for pair in _SEPARATOR.split(unquoted(match[1])))
    return utm_of({name: unquoted(value) for name, _, value in pairs})


def without_query(referrer: str) -> str | None:
    """A URL without parts that may be personal: user, query and fragment. None if nothing is left."""
    address = text(referrer)
    while _ENCODED.match(address) and (decoded := unquoted(address)) != address:
        address = decoded
    page = re.split(r"[?#]", address, maxsplit=1)[0]
    scheme, separator, rest = page.rpartition("://")
    authority, slash, path = rest.partition("/")
    place = f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}".strip()
    return None if not place or holds_email(place) else place


def source_of(utm: Mapping[str, str], referrer: str = "", **more: str) -> dict[str, str] | None:
    """The contract's `source`: utm fields, the referrer's host and path, and more of its fields. None: all are empty.

    `utm`: from the functions above; a click id gives the utm_source if that is missing or a placeholder.
    """
    source = {**utm, **{name: said for name, said in more.items() if said and not holds_email(said)}}
    clicked = source.pop(_CLICKED, "")
    if clicked and not canonical_name(source.get("utm_source", "")):
        source["utm_source"] = clicked
    page = without_query(referrer)
    if page:
        source["referrer"] = page
    return source or None
