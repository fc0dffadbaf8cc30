"""The canonical form of a source's values, which rules match (docs/contract.md, "registration"). Pure.

Events, keys and the table `sources` keep the raw values; only groups use this form.
"""

import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

import idna

_INVISIBLE = frozenset({"Cc", "Cf"})
_MOST_DECODINGS = 3
"""A value passes through few systems that each encode it again."""
_GLUED = re.compile(r"[?&#](?:amp;)?utm_[a-z]+=.*", re.IGNORECASE | re.DOTALL)
"""The rest of an address that was pasted after the value."""
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://|^//", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"undefined|null|none|nan|n/?a|unknown|\[object object\]|x{3,}|[-_.?]+"
    r"|\((?:direct|none|not set|not provided|other)\)"
    r"|.*(?:\{\{.*\}\}|%%.*%%|\$\{.*\}).*|\{[^{}]*\}|__[a-z0-9_]+__",
    re.IGNORECASE | re.DOTALL,
)
"""What tools write when they know nothing, and macros that nobody filled in."""


@lru_cache(maxsize=16_384)
def canonical_name(value: str) -> str:
    """The value decoded (percent signs, entities of web pages, plus signs, Unicode's NFKC), with single spaces and
    without invisible characters; case stays. A placeholder becomes empty.
    """
    if _PLACEHOLDER.fullmatch(value.strip()):
        return ""
    said = value
    for _ in range(_MOST_DECODINGS):
        decoded = _decoded(said)
        if decoded == said:
            break
        said = decoded
    said = _GLUED.sub("", said).replace("+", " ")
    said = "".join(one for one in said if one.isspace() or unicodedata.category(one) not in _INVISIBLE)
    said = " ".join(unicodedata.normalize("NFKC", said).split())
    return "" if _PLACEHOLDER.fullmatch(said) else said


def _decoded(value: str) -> str:
    try:
        decoded = unquote(value, errors="strict")
    except UnicodeDecodeError:
        decoded = value
    return _ENTITY.sub(lambda found: html.unescape(found[0].lower()), decoded)


@lru_cache(maxsize=16_384)
def canonical_host(address: str) -> str:
    """The host of an address: lower case, in Unicode, without `www.` and port; empty if there is none."""
    for _ in range(_MOST_DECODINGS):
        address = _decoded(address)
    authority = re.split(r"[/?#\\]", _SCHEME.sub("", address.strip()), maxsplit=1)[0].replace("。", ".")
    host = canonical_name(authority.rpartition("@")[2].partition(":")[0]).lower().rstrip(".")
    labels = [_label(label) for label in host.removeprefix("www.").split(".")]
    return ".".join(labels)


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except idna.IDNAError:
        return label
