"""Why a field that the description names is not in a payload: one helpful line, with names only. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from connectors.generic.path import Payload, is_search, steps
from connectors.toolkit import reading
from connectors.toolkit.body import Kind
from connectors.toolkit.reading import holds_email

_MOST_NAMES = 15
_NAME = re.compile(r"[^\W\d][\w .:?()\[\]/-]{0,39}|\d{1,4}(?:\.\d{1,3})?")
"""What is shown as a field's name; other texts in the place of names are not."""
_LONG_NUMBER = re.compile(r"\d[\d ().-]{4,}\d")
_NAMING = ("name", "label", "title", "key", "field", "ref", "id", "type")
"""Members that name an element; any other may hold personal content."""
_ONLY_IDS = {
    "/api_url": "Eventbrite's webhook sends the address of the order only, and nobody's email",
    "/entry/0/changes/0/value/leadgen_id": "Facebook's own webhook sends the id of the lead only, and nobody's email",
    "/resources/respondent_id": "SurveyMonkey's webhook sends the id of the response only, and nobody's email",
    "/subscriptionType": "HubSpot's app webhook sends the id of the contact only, and nobody's email",
}
"""Paths that identify payloads which name the person only by an id."""
_INSTEAD = "let Zapier or Make fetch it and post it here, or import the service's CSV export (funnel import table)"


def only_ids(payload: Payload) -> str:
    """What to do with a payload of a service that sends only ids; empty for any other."""
    for path, what in _ONLY_IDS.items():
        if payload.at(path):
            return f"{what}; {_INSTEAD}"
    return ""


def missing(kind: Kind, payload: Payload, paths: Sequence[str]) -> str:
    """Which of the places is missing, and what the body has instead."""
    plain = [path for path in paths if not is_search(path)]
    empty = next((path for path in plain if payload.at(path)), None)
    if empty is not None:
        return f"the field {empty} is empty, or not a single text"
    farthest = max(plain or paths, key=lambda path: payload.walk(path)[1], default="")
    if not farthest:
        return "missing"
    reached, count = payload.walk(farthest)
    where = "/".join(step.key for step in steps(farthest)[:count])
    names = " or ".join(f"an address at {path}" if is_search(path) else path for path in paths)
    has = _has(payload, reached, farthest, count)
    return f"the body is {kind} without {names}; {f'/{where}' if where else 'it'} {has}"


def by_name(payload: Payload, path: str) -> str:
    """How to select by name what the path selects by position in a list of named elements; empty if it does not."""
    taken = steps(path)
    for place, step in enumerate(taken):
        said = [payload.entered(one) for one in payload.follow(taken[:place])] if step.key.isdecimal() else []
        for member in _NAMING:
            if any(isinstance(one, list) and one and _is_named(one[0], member) for one in said):
                where = "/".join(one.key for one in taken[:place])
                return f"; /{where} is a list whose order may change: write [{member}=…] instead of {step.key}"
    return ""


def _is_named(one: object, member: str) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get(member), str)


def _has(payload: Payload, reached: Sequence[object], path: str, count: int) -> str:
    said = payload.entered(reached[0])
    if isinstance(said, Mapping):
        return f"has: {_shown(said)}"
    if not isinstance(said, list):
        return "has no fields in it"
    element = steps(path)[count].element
    if element is None or element[0].casefold() not in _NAMING:
        return f"is a list of {len(said):,}"
    member, _ = element
    return (
        f"is a list with {member}: {_shown(reading.text(one.get(member)) for one in said if isinstance(one, Mapping))}"
    )


def _shown(names: Iterable[str]) -> str:
    said = list(dict.fromkeys(name for name in names if _is_name(name)))
    more = ", …" if len(said) > _MOST_NAMES else ""
    return (", ".join(said[:_MOST_NAMES]) + more) or "no field"


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not holds_email(text) and not _LONG_NUMBER.search(text)
