"""Source groups as people wrote them, for sentences; whatever is kept or sent as data has the groups. Pure."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from alerts.detection.cause import Cause
from alerts.detection.findings import SOURCE_GROUP, Finding
from alerts.detection.gaps import Gap
from alerts.detection.reason import Part, Reason

Names: TypeAlias = Mapping[str, str]
"""Source group -> how people wrote it, where that is another form (the view source_names)."""


def named(group: str, names: Names) -> str:
    """As people wrote it."""
    return names.get(group, group)


def finding(one: Finding, names: Names) -> Finding:
    """The finding with its source group as people wrote it."""
    return one._replace(segment=one.segment._replace(value=_value(one.segment.dimension, one.segment.value, names)))


def reason(one: Reason, names: Names) -> Reason:
    """The reason with all of its source groups as people wrote them."""
    return one._replace(parts=tuple(_part(part, names) for part in one.parts))


def cause(one: Cause, names: Names) -> Cause:
    """The cause likewise."""
    return one._replace(
        value=_value(one.dimension, one.value, names),
        part=None if one.part is None else _part(one.part, names),
        group=named(one.group, names),
    )


def gaps(found: Iterable[Gap], names: Names) -> tuple[Gap, ...]:
    """Gaps of registrations likewise."""
    return tuple(one._replace(value=named(one.value, names)) for one in found)


def _part(one: Part, names: Names) -> Part:
    inside = tuple(_part(part, names) for part in one.inside)
    return one._replace(value=_value(one.dimension, one.value, names), inside=inside)


def _value(dimension: str, value: str, names: Names) -> str:
    return named(value, names) if dimension == SOURCE_GROUP else value
