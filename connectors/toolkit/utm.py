"""Where a registration came from, out of hidden fields, addresses and cookies: the contract's `source`. Pure."""

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
"""Parameters by which advertisers tell clicks apart, and whose they are. Their values say who clicked: never kept."""
_CLICKED = "click_id"
_TILDA_COOKIE = re.compile(r"(?:^|[;\s])TILDAUTM=([^;]*)")
_SEPARATOR = re.compile(r"\|{2,3}|&")
_PARAMETERS = re.compile(r"[?#&;]")
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
_MOST_PARAMETERS = 1000
_MOST_LAYERS = 4
"""Of an address within an address, each percent-encoded once more."""
_ENCODED = re.compile(r"[a-z][a-z0-9+.-]*%(?:25)*3a", re.IGNORECASE)
"""An address as a whole was percent-encoded: its query would not be known as one."""
_GLUED = re.compile(r"[?&#;]utm_[a-z]+=", re.IGNORECASE)


def utm_of(fields: Mapping[str, object]) -> dict[str, str]:
    """The utm fields among them, named in any case, and whose click id is there: for `source_of`.

    An email in one of them says who, not from where: left out.
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
    """The same out of a landing page's address: its query, its fragment, and what was pasted behind either.

    `&amp;` is an ampersand; of a repeated parameter the last that says something counts. What a redirect carries inside
    (`l.php?u=https%3A%2F%2F…utm_source%3D…`) counts where the address itself says nothing.
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
    """The utm fields that Tilda keeps in its cookie TILDAUTM, `utm_source=a|||utm_medium=b`, percent-encoded."""
    match = _TILDA_COOKIE.search(cookies)
    if match is None:
        return {}
    pairs = (pair.partition("=") for pair in _SEPARATOR.split(unquoted(match[1])))
    return utm_of({name: unquoted(value) for name, _, value in pairs})


def without_query(referrer: str) -> str | None:
    """An address without what may be personal in it: user, query and fragment. None if nothing is left."""
    address = text(referrer)
    while _ENCODED.match(address) and (decoded := unquoted(address)) != address:
        address = decoded
    page = re.split(r"[?#]", address, maxsplit=1)[0]
    scheme, separator, rest = page.rpartition("://")
    authority, slash, path = rest.partition("/")
    place = f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}".strip()
    return None if not place or holds_email(place) else place


def source_of(utm: Mapping[str, str], referrer: str = "", **more: str) -> dict[str, str] | None:
    """The contract's `source`: utm fields, the referrer's host and path, and more of its fields. None: nothing said.

    `utm`: as the functions above give it; a click id names the utm_source where nothing does, or a placeholder stands.
    """
    source = {**utm, **{name: said for name, said in more.items() if said and not holds_email(said)}}
    clicked = source.pop(_CLICKED, "")
    if clicked and not canonical_name(source.get("utm_source", "")):
        source["utm_source"] = clicked
    page = without_query(referrer)
    if page:
        source["referrer"] = page
    return source or None
