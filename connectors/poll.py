"""The interface of a poll of a service's API. The polls themselves are connectors/<service>/poll.py. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from connectors.mapped import Mapped
from contract.reports import ImportedFile


class Outbox(Protocol):
    """Takes what a poll mapped, to be resolved, and published or quarantined (connectors/pipeline/outbox.py)."""

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        """Takes one item; `payload` is what a person needs to correct a rejection, stored only in the local quarantine.

        Raises PublishError.
        """

    def report(self, report: ImportedFile) -> None:
        """Publishes what became of a sheet's rows about one webinar, under that webinar's name. Raises PublishError."""

    def flush(self) -> None:
        """Returns once Kafka has acknowledged everything that was put. Only then may a cursor move.

        Raises PublishError.
        """


class Cursors(Protocol):
    """How far a poll has got, stored durably (connectors/pipeline/state.py). Names and values are text."""

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Span:
    """The range of a backfill: webinars that begin from `since` (included) to `until` (excluded), ms since 1970 UTC.

    None: the poll decides by its cursors.
    """

    since: int | None = None
    until: int | None = None


Progress = Callable[[str, int, int], None]
"""Called as (what is being read, done, of how many); the last is 0 if unknown."""


class Poll(Protocol):
    """One pass over a service: reads what is new and what it was woken for (connectors/toolkit/wakes.py), puts it,
    flushes,

    moves its cursors. It may end at any point.

    `now` in milliseconds since 1970 UTC. Raises connectors.toolkit.io.http.ServiceError and PublishError.
    """

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None: ...
