"""One pass over BigMarker: finds the conferences, and reads those that are due in full.

A conference's cursor moves once Kafka has acknowledged all of it. If the process is killed at any point, the next pass
reads that conference again and publishes the same events, with the same ids.
"""

import json
import logging
from collections.abc import Iterable, Iterator

from connectors.bigmarker.client import BigMarker, NotReadableError
from connectors.bigmarker.conference import (
    Conference,
    completed_event,
    conference_id,
    conference_of,
    totals_event,
    webinar_event,
)
from connectors.bigmarker.memory import Memory
from connectors.bigmarker.people import attendee_events, registration_events, view_events, who
from connectors.bigmarker.schedule import Times, is_due
from connectors.bigmarker.settings import BigMarkerSettings
from connectors.mapped import Context, Mapped, Rejection
from connectors.poll import Cursors, Outbox, Progress, Span
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.wakes import woken
from contract.instants import DAY, FIRST_INSTANT, MINUTE

_LOG = logging.getLogger(__name__)
_LISTS = "lists"
"""The memory of rejected entries of the lists themselves."""


class BigMarkerPoll:
    """Each call is one pass (connectors/poll.py, Poll)."""

    def __init__(self, service: BigMarker, settings: BigMarkerSettings, secret: str) -> None:
        self._service = service
        self._settings = settings
        self._secret = secret

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        """One pass. A conference without an answer from BigMarker is left to the next pass, and reported at the end."""
        self._service.begin_pass()
        found = self._found(outbox, cursors, now, span)
        due = [one for one in found if _is_in(one, span) and self._is_due(one, cursors, now, span)]
        failed: list[ServiceError] = []
        for done, conference in enumerate(due):
            progress("conferences", done, len(due))
            try:
                memory = Memory(cursors, conference.id, self._secret)
                reading = _Reading(self._service, outbox, memory, conference, Context(self._secret, now))
                reading.read(now, self._settings.settle_minutes * MINUTE)
            except ServiceError as error:
                failed.append(error)
                if len(failed) > 1 and len(failed) > done // 2:
                    # It concerns every conference.
                    raise
        progress("conferences", len(due), len(due))
        if self._service.skipped:
            skipped = ", ".join(f"{number} {what}" for what, number in sorted(self._service.skipped.items()))
            _LOG.info("BigMarker does not show us: %s. Skipped.", skipped)
        if failed:
            raise ServiceError(f"{len(failed)} of {len(due)} conferences were not read in full. The first: {failed[0]}")
        _end_backfill(cursors, span)

    def _found(self, outbox: Outbox, cursors: Cursors, now: int, span: Span) -> list[Conference]:
        """Every conference once, those nearest to now first. Entries that are no conference go to the quarantine."""
        if span == Span():
            since = now - self._settings.look_back_days * DAY
        else:
            since = FIRST_INSTANT if span.since is None else span.since
        found: dict[str, Conference] = {}
        memory = Memory(cursors, _LISTS, self._secret)
        rejected = False
        asked_for = woken(cursors) if span == Span() else {}
        for row in self._listed(since, asked_for):
            conference = conference_of(row, self._secret)
            if isinstance(conference, Rejection):
                rejected |= _put(outbox, memory, conference, row)
            else:
                found.setdefault(conference.id, conference)
        if rejected:
            outbox.flush()
            memory.read_whole(now, "")
        return sorted(found.values(), key=lambda one: (abs((one.starts_at or 0) - now), one.id))

    def _listed(self, since: int, asked_for: Iterable[str]) -> Iterator[object]:
        """What the lists hold, and conferences that webhooks have named: such a conference may be in no list."""
        listed = set()
        for row in self._service.conferences(since):
            yield row
            listed.add(conference_id(row.get("id")) if isinstance(row, dict) else None)
        for said_id in dict.fromkeys([*self._settings.more_conferences, *asked_for]):
            if said_id in listed:
                continue
            try:
                yield self._service.conference(said_id)
            except NotReadableError:
                continue

    def _is_due(self, conference: Conference, cursors: Cursors, now: int, span: Span) -> bool:
        memory = Memory(cursors, conference.id, self._secret)
        if span != Span():
            # An interrupted backfill continues where it stopped.
            return memory.read_at is None or memory.read_at < _backfill_began(cursors, span, now)
        times = Times(
            begin=conference.starts_at,
            end=conference.end,
            read_at=memory.read_at,
            woken_at=woken(cursors).get(conference.id, 0),
        )
        changed = memory.looks != _looks(conference)
        return is_due(times, now, changed=changed, completed=memory.has_said("completed", conference.end))


class _Reading:
    """Reads one conference in full."""

    def __init__(
        self, service: BigMarker, outbox: Outbox, memory: Memory, conference: Conference, context: Context
    ) -> None:
        self._service = service
        self._outbox = outbox
        self._memory = memory
        self._conference = conference
        self._context = context

    def read(self, now: int, settle: int) -> None:
        conference, end = self._conference, self._conference.end
        self._statements(now)
        whole = self._registrations()
        if conference.starts_at is None or conference.starts_at <= now:
            whole &= self._attendees()
        if end is None or end <= now:
            self._views()
        if whole and end is not None and end + settle <= now:
            completed_at = self._memory.said_at("completed", end, now)
            self._put([completed_event(conference, completed_at, self._context)], None)
        self._outbox.flush()
        self._memory.read_whole(now, _looks(conference))

    def _statements(self, now: int) -> None:
        conference, memory = self._conference, self._memory
        said_at = memory.said_at("webinar", conference.statement, now)
        statement = webinar_event(conference, said_at, self._context)
        self._put([*conference.rejections, statement], conference.statement)
        if conference.totals is not None:
            totals = totals_event(conference, memory.said_at("totals", conference.totals, now), self._context)
            self._put([] if totals is None else [totals], conference.totals)

    def _registrations(self) -> bool:
        try:
            for way, row in self._service.registrations(self._conference.id):
                self._put(registration_events(row, self._conference, self._context, way), row)
        except NotReadableError:
            return False
        return True

    def _attendees(self) -> bool:
        try:
            for row in self._service.attendees(self._conference.id):
                self._put(attendee_events(row, self._conference, self._context), row)
        except NotReadableError:
            return False
        return True

    def _views(self) -> None:
        """Views; and on-demand viewers without a view in the list: both lists report the same watching."""
        viewers: set[str | None] = set()
        for rows, are_views in (
            (self._service.recording_views(self._conference.id), True),
            (self._service.on_demand_attendees(self._conference.id), False),
        ):
            try:
                for row in rows:
                    person = who(row, self._context.secret) if isinstance(row, dict) else None
                    if are_views:
                        viewers.add(person)
                    elif person is not None and person in viewers:
                        continue
                    self._put(view_events(row, self._conference, self._context), row)
            except NotReadableError:
                continue

    def _put(self, mapped: Iterable[Mapped], row: object) -> None:
        for one in mapped:
            _put(self._outbox, self._memory, one, row)


def _put(outbox: Outbox, memory: Memory, one: Mapped, row: object) -> bool:
    """Publishes an event, or hands over a rejection with its row, each rejection once. True if something was put."""
    if not isinstance(one, Rejection):
        outbox.put(one)
        return True
    payload = json.dumps(row).encode()
    if not memory.is_new(one, payload):
        return False
    outbox.put(one, payload)
    return True


def _looks(conference: Conference) -> str:
    """A hash of those fields of the list's entry from which a change in other lists follows."""
    totals = conference.totals or {}
    return content_hash([conference.statement, totals.get("registrations"), totals.get("visits_all")])


def _is_in(conference: Conference, span: Span) -> bool:
    if span == Span():
        return True
    begin = conference.starts_at
    return begin is not None and (span.since or 0) <= begin and (span.until is None or begin < span.until)


def _backfill(span: Span) -> str:
    return f"backfill:{span.since}:{span.until}"


def _backfill_began(cursors: Cursors, span: Span, now: int) -> int:
    said = cursors.get(_backfill(span))
    if said:
        return int(said)
    cursors.put(_backfill(span), str(now))
    return now


def _end_backfill(cursors: Cursors, span: Span) -> None:
    """Ends it, so that the same span is read again if requested again."""
    if span != Span():
        cursors.put(_backfill(span), "")
