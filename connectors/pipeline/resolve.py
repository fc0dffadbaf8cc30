"""Mapped input -> records for Kafka. Decisions are in the state before a record is sent:

which webinar a registration is for, what is quarantined, which webinars exist. So a repeated delivery, and one that a
crash interrupted, give the same records.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.forms.event import registration_event
from connectors.forms.file import RulesFile
from connectors.forms.rules import resolve as webinar_of
from connectors.mapped import FormRegistration, Mapped, Reason, Rejection
from connectors.pipeline import quarantine
from connectors.pipeline.assignment import Assignment, assign, assigned_before
from connectors.pipeline.directory import KnownWebinars, learn
from connectors.pipeline.forgotten import anybody, is_of_forgotten
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.pipeline.zoom_names import Names
from connectors.zoom.occurrence import PLATFORM
from contract.events import Event, Webinar, encode
from contract.reports import ImportedFile, Report, encode_report
from contract.topics import CONNECTOR_REPORTS, MAX_RECORD_BYTES, TOPIC_OF_TYPE

_TOO_LARGE = Rejection(Reason.WRONG_FORM, f"record: over {MAX_RECORD_BYTES:,} bytes")
"""Kafka would never accept it, and everything behind it would wait."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mapped item, and where it came from."""

    connector: str
    mapped: Mapped
    received_at: int
    """Milliseconds since 1970 UTC."""
    payload: bytes = b""
    """Stored in the quarantine if it is rejected or has to wait."""


class Resolver:
    """Decides by the current rules of the business and the current directory. For one thread at a time."""

    def __init__(self, state: State, business_dir: Path) -> None:
        self.state = state
        self.rules = RulesFile(business_dir)
        self._webinars = KnownWebinars(state)
        self._names = Names(state)

    def resolve(self, arrivals: Sequence[Arrival]) -> list[Outgoing]:
        """Their records, in the same order, without those of forgotten persons. Raises sqlite3.Error if the state
        cannot be written.
        """
        try:
            if anybody(self.state):
                arrivals = [one for one in arrivals if not is_of_forgotten(self.state, one.mapped)]
            if not arrivals:
                return []
            arrivals = self._named(arrivals)
            plain = [
                event_record(one.mapped)
                for one in arrivals
                if not isinstance(one.mapped, FormRegistration | Rejection | Webinar)
            ]
            if len(plain) == len(arrivals) and all(_fits(record) for record in plain):
                return plain
            self.rules.refresh()
            with self.state.transaction():
                return [self._resolve_one(one) for one in arrivals]
        except BaseException:
            self.rolled_back()
            raise

    def reported(self, report: ImportedFile) -> Outgoing:
        """The record of a report about a webinar, under the webinar's name. Raises sqlite3.Error."""
        try:
            return report_record(report.model_copy(update={"webinar_id": self._names.named(report.webinar_id)}))
        except BaseException:
            self.rolled_back()
            raise

    def rolled_back(self) -> None:
        """Call it after a failed transaction: what was read in it may not be stored."""
        self._webinars = KnownWebinars(self.state)
        self._names.forget()

    def find(self, one: FormRegistration) -> tuple[str, int] | None:
        """(webinar_id, moves) of a registration: as decided before, else by the rules. Within a transaction."""
        before = assigned_before(self.state, one)
        if before is not None:
            return before
        webinar_id = webinar_of(one, self.rules.rules, self._webinars.refresh())
        return None if webinar_id is None else (self._names.named(webinar_id), 0)

    def version(self) -> tuple[int, int]:
        """If it changes, waiting registrations may find their webinar now."""
        self._webinars.refresh()
        return self.rules.version, self._webinars.seen

    def _named(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """The arrivals with one name for each occurrence, wherever it comes from."""
        events = [one.mapped for one in arrivals if not isinstance(one.mapped, FormRegistration | Rejection)]
        named = iter(self._names.renamed(events))
        renamed = [
            one if isinstance(one.mapped, FormRegistration | Rejection) else replace(one, mapped=next(named))
            for one in arrivals
        ]
        return [*renamed, *(_counted_twice(*one, arrivals[-1].received_at) for one in self._names.take_counted_twice())]

    def _resolve_one(self, one: Arrival) -> Outgoing:
        mapped = one.mapped
        if isinstance(mapped, Rejection):
            return self._reject(one, mapped)
        if isinstance(mapped, FormRegistration):
            return self._register(one, mapped)
        record = event_record(mapped)
        if not _fits(record):
            return self._reject(one, _TOO_LARGE)
        if isinstance(mapped, Webinar):
            learn(self.state, [mapped])
        return record

    def _register(self, one: Arrival, registration: FormRegistration) -> Outgoing:
        found = self.find(registration)
        if found is None:
            report = quarantine.keep_waiting(self.state, one.connector, registration, one.received_at, one.payload)
            return report_record(report)
        webinar_id, moves = found
        event = registration_event(registration, webinar_id, one.received_at, moves)
        if isinstance(event, Rejection):
            return self._reject(one, event)
        record = event_record(event)
        if not _fits(record):
            return self._reject(one, _TOO_LARGE)
        assign(self.state, Assignment(registration, webinar_id, one.received_at, moves))
        return record

    def _reject(self, one: Arrival, rejection: Rejection) -> Outgoing:
        return report_record(
            quarantine.keep_rejection(self.state, one.connector, rejection, one.received_at, one.payload)
        )


def _counted_twice(number: str, webinar_id: str, at: int) -> Arrival:
    detail = (
        f"webinar_id: Zoom says that {number} is a single webinar, and by an imported report {webinar_id} counts as a "
        "webinar of its own: its people count in both. docs/services/zoom.md says how to take it out"
    )
    return Arrival(PLATFORM, Rejection(Reason.COUNTED_TWICE, detail), at)


def _fits(record: Outgoing) -> bool:
    return len(record.value) <= MAX_RECORD_BYTES


def event_record(event: Event) -> Outgoing:
    """The event under the topic and key that the workers expect."""
    return Outgoing(TOPIC_OF_TYPE[event.type].name, event.webinar_id.encode(), encode(event))


def report_record(report: Report) -> Outgoing:
    """A connector's report about itself, with topic and key."""
    return Outgoing(CONNECTOR_REPORTS.name, report.connector.encode(), encode_report(report))
