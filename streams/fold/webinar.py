"""Fold of the statements about one webinar (docs/contract.md, "webinar"). Pure; reads no clock.

The state is the set of those statements that win at least one field. Union, then dropping the losers, is
commutative, associative and idempotent, so order, repetition and batching change nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from contract.canonical import canonical
from contract.events import EVENT, Service, Webinar
from contract.instants import FAR_FUTURE

DEFAULT_TELLS = ("live", "leaves", "recording_views", "persons", "seconds")
"""A service's capabilities unless stated otherwise."""

_FIELDS = (
    "title",
    "course",
    "language",
    "region",
    "format",
    "status",
    "starts_at",
    "duration_seconds",
    "started_at",
    "ended_at",
    "timezone",
    "tells",
    "completed_at",
    "service",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: `content` is its canonical JSON, which is also its stored form."""

    content: str
    event: Webinar = field(compare=False)


WebinarState = frozenset[Statement]

EMPTY: WebinarState = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a webinar now. None: not stated. Instants in milliseconds since 1970 UTC."""

    title: str | None
    course: str | None
    language: str | None
    region: str | None
    format: str | None
    status: str | None
    status_said_at: int | None
    """When the winning status was stated (its statement's occurred_at)."""
    starts_at: int | None
    duration_seconds: int | None
    started_at: int | None
    ended_at: int | None
    timezone: str | None
    tells: tuple[str, ...]
    completed_at: int | None
    service: Service | None

    @property
    def begin(self) -> int:
        """started_at, else starts_at, else FAR_FUTURE: the start used to derive rows.

        The views decide whether the webinar has a start at a given moment.
        """
        return next((at for at in (self.started_at, self.starts_at) if at is not None), FAR_FUTURE)


def statement(record: bytes | str) -> Statement:
    """Reads a stored or received statement known to be valid."""
    content = canonical(record)
    fields = content[:-1] + ',"received_at":"2000-01-01T00:00:00Z"}'
    event = EVENT.validate_json(fields)
    assert isinstance(event, Webinar)
    return Statement(content, event)


def fold(state: WebinarState, statements: Iterable[Statement]) -> WebinarState:
    """The state after these statements, in any order."""
    said = state.union(statements)
    winners = (_winner(said, name) for name in _FIELDS)
    return frozenset(winner for winner in winners if winner is not None)


def facts(state: WebinarState) -> Facts:
    """The statements combined, field by field."""
    won = {name: _winner(state, name) for name in _FIELDS}
    said = {name: getattr(winner.event, name) if winner else None for name, winner in won.items()}
    status = won["status"]
    return Facts(
        **(said | {"tells": DEFAULT_TELLS if said["tells"] is None else tuple(sorted(set(said["tells"])))}),
        status_said_at=status.event.occurred_at if status else None,
    )


def _winner(said: Iterable[Statement], name: str) -> Statement | None:
    saying = (one for one in said if getattr(one.event, name) is not None)
    return max(saying, key=lambda one: _rank(one, name), default=None)


def _rank(one: Statement, name: str) -> tuple[int, int, int, str, str]:
    event = one.event
    value = 0
    if name == "started_at":
        value = -(event.started_at or 0)
    elif name == "ended_at":
        value = event.ended_at or 0
    return event.authority or 0, value, event.occurred_at, event.event_id, one.content
