"""Ids in tables -> one form, however people and programs write them. Pure."""

import re

from connectors.toolkit.texts import visible

_WRAPPERS = " \t'\"`´‘’“”#"
_DECIMAL = re.compile(r"(\d+)[.,]0", re.ASCII)
"""A whole number that a program wrote as a decimal."""
_GROUPED = re.compile(r"\d{3}([\s\u2010-\u2015.-])\d{3,4}\1\d{3,4}|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
"""A number in groups: `912 3456 7801`, `912-3456-7801`, `91,234,567,801`."""
_IN_PARTS = re.compile(r"\d+(?:[\s\u2010-\u2015-]+\d+)+", re.ASCII)
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_ZOOM_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9-]+\.)?zoom\.(?:us|com)/[jws]/(\d{9,12})(?:[/?#].*)?", re.ASCII | re.IGNORECASE
)
_WITH_PLATFORM = re.compile(r"[a-z][a-z0-9_-]*:(?!//)[^\s:]+(:[^\s:]+)?")


def plain_id(text: str) -> str:
    """The id in its service's form: without anything around it or invisible in it; a number as digits only.

    Other groups stay, because they have a meaning: `1001-1` and `100-11` are two orders.
    """
    said = visible(text).strip(_WRAPPERS)
    whole = _DECIMAL.fullmatch(said)
    if whole is not None:
        return whole[1]
    return re.sub(r"\D", "", said) if _GROUPED.fullmatch(said) else said


def plain_number(text: str) -> str:
    """The same for a service whose ids are numbers: groups of any length form one number."""
    said = plain_id(text)
    return re.sub(r"\D", "", said) if _IN_PARTS.fullmatch(said) else said


def webinar_id_of(text: str, platform: str) -> str:
    """`<platform>:<id>[:<occurrence>]`; `platform` is used if the text has none. Raises ValueError."""
    address = _ZOOM_ADDRESS.fullmatch(text.strip())
    if address is not None:
        return f"zoom:{address[1]}"
    service, is_said, rest = visible(text).strip(_WRAPPERS).partition(":")
    number, colon, occurrence = rest.partition(":")
    # A text with the platform has the id in that service's own form.
    service, number = (service.strip(), plain_id(number)) if is_said else (platform, plain_number(service))
    if _ROUNDED.fullmatch(number):
        raise ValueError("a spreadsheet has rounded this id; format its column as text and enter it again")
    webinar_id = f"{service}:{number}{colon}{occurrence.strip()}"
    if not _WITH_PLATFORM.fullmatch(webinar_id):
        raise ValueError("not an id such as 91234567801 or zoom:91234567801")
    return webinar_id
