"""What a poll of a service's API is given, and gives. The services' polls are connectors/<service>/poll.py. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from connectors.mapped import Mapped
from contract.reports import ImportedFile


class Outbox(Protocol):
    """Where a poll puts what it mapped: published, resolved or quarantined (connectors/pipeline/outbox.py)."""

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        """Takes one in; `payload` is what a person needs to correct a rejection, kept in the local quarantine only.

        Raises PublishError.
        """

    def report(self, report: ImportedFile) -> None:
        """Tells what became of a sheet's rows about one webinar, under that webinar's name. Raises PublishError."""

    def flush(self) -> None:
        """Returns once Kafka has acknowledged everything that was put. Only then may a cursor move.

        Raises PublishError.
        """


class Cursors(Protocol):
    """Where a poll has got to, kept durably (connectors/pipeline/state.py). Names and values are text."""

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Span:
    """What a backfill is asked for: webinars that begin from `since` (included) to `until` (excluded), ms UTC.

    None: the poll decides by its cursors.
    """

    since: int | None = None
    until: int | None = None


Progress = Callable[[str, int, int], None]
"""Called as (what is being read, done, of how many); 0 where how many is not known."""


class Poll(Protocol):
    """One pass over a service: reads what is new and what it was woken for (connectors/toolkit/wakes.py), puts it,
    flushes,

    moves its cursors. Safe to end anywhere.

    `now` in milliseconds since 1970 UTC. Raises connectors.toolkit.io.http.ServiceError and PublishError.
    """

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None: ...
