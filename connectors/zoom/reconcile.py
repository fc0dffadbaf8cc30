"""One pass over one webinar: its plan, its registrants, and after its end its attendees.

Everything is put first, then flushed, and only then stored as read: an interrupted pass is made up for later.
"""

from dataclasses import dataclass

from connectors.mapped import Context
from connectors.poll import Cursors, Outbox, Span
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.once import Once, reject_once
from connectors.zoom.client import Client
from connectors.zoom.detail import (
    Detail,
    Occurrence,
    Run,
    detail_of,
    ended_statement,
    is_rehearsal,
    planned_statement,
    run_of,
)
from connectors.zoom.lists import Lists, read_people
from connectors.zoom.memory import CANCELLED, FORGOTTEN, READY, Memory, recall, remember
from connectors.zoom.payload import FieldError, Fields, time_text
from connectors.zoom.recordings import Recordings
from connectors.zoom.statement import Counts, statement, totals
from contract.events import Totals
from contract.instants import DAY, HOUR, SECOND

_REGISTRANTS_AHEAD = 7 * DAY
"""For a recurring webinar, registrants are read only this long before an occurrence: it may have sixty."""
_NEVER_BEGAN = DAY
_CLOSED_AFTER = 3 * DAY


@dataclass(frozen=True, slots=True)
class Pass:
    """The tools of one pass over all webinars; the context's time of receipt is its now."""

    client: Client
    outbox: Outbox
    cursors: Cursors
    context: Context
    span: Span
    capabilities: tuple[str, ...]
    recordings: Recordings | None = None
    """None: the app may not read recording viewers."""
    may_read_sources: bool = True

    @property
    def now(self) -> int:
        return self.context.received_at

    @property
    def again(self) -> bool:
        """Whether it is a backfill: everything is read and stated again."""
        return self.span != Span()

    def asked(self, begin: int | None) -> bool:
        """Whether a webinar that begins then is to be read at all."""
        if not self.again:
            return True
        return (
            begin is not None
            and (self.span.since is None or begin >= self.span.since)
            and (self.span.until is None or begin < self.span.until)
        )


def reconcile(number: str, one: Pass) -> bool:
    """Returns whether the webinar, or a report of it, is still to come. Raises ServiceError and PublishError."""
    memory = recall(one.cursors, number)
    raw = one.client.webinar(number)
    if raw is None:
        _cancel_missing(memory, set(), one)
        _keep(memory, number, one)
        return False
    try:
        detail = detail_of(raw)
    except FieldError as error:
        reject_once(one.outbox, one.cursors, number, one.again, error.rejection, raw)
        return bool(memory.ahead)
    _put_plans(detail, memory, one)
    _keep(memory, number, one)
    runs_of, waiting = _over(detail, memory, one)
    lists = Lists(one.client, detail, one.may_read_sources)
    for planned in detail.occurrences:
        if planned.webinar_id not in runs_of and _is_open(planned, detail, one):
            _read_before(planned, lists, memory, one)
    for webinar_id, runs in runs_of.items():
        if runs:
            waiting |= not _read_after(webinar_id, runs, lists, memory, one)
    for rejection, row in lists.unreadable:
        reject_once(one.outbox, one.cursors, number, one.again, rejection, row)
    if waiting:
        # A webhook may have reported that a closed one continued.
        memory.closed = None
    else:
        _close(detail, memory, one.now)
    _keep(memory, number, one)
    return waiting or any(starts_at > one.now for starts_at in memory.ahead.values())


def _keep(memory: Memory, number: str, one: Pass) -> None:
    one.outbox.flush()
    remember(one.cursors, number, memory)


# -- the plan


def _put_plans(detail: Detail, memory: Memory, one: Pass) -> None:
    """States what has changed since the last statement."""
    for planned in detail.occurrences:
        if not one.asked(planned.starts_at):
            continue
        said = content_hash([detail.about, planned.starts_at, planned.duration_seconds, one.capabilities])
        if one.again or memory.said.get(planned.webinar_id) != said:
            one.outbox.put(planned_statement(detail, planned, one.now, one.context, one.capabilities))
            memory.said[planned.webinar_id] = said
        if planned.starts_at is not None:
            memory.ahead[planned.webinar_id] = planned.starts_at
    _cancel_missing(memory, {planned.webinar_id for planned in detail.occurrences}, one)


def _cancel_missing(memory: Memory, there: set[str], one: Pass) -> None:
    """Cancels upcoming occurrences that no longer exist. Past ones stay as they were."""
    for webinar_id in [name for name in memory.ahead if name not in there]:
        if memory.ahead.pop(webinar_id) > one.now:
            one.outbox.put(statement(webinar_id, one.now, one.context, {"status": "cancelled"}, one.capabilities))
            memory.said[webinar_id] = CANCELLED


def _is_open(planned: Occurrence, detail: Detail, one: Pass) -> bool:
    """Whether people can still register for it, by its plan."""
    if planned.starts_at is None or one.again:
        return one.asked(planned.starts_at)
    last = planned.starts_at + (planned.duration_seconds or HOUR // SECOND) * SECOND + _NEVER_BEGAN
    first = planned.starts_at - _REGISTRANTS_AHEAD if detail.recurring else 0
    return first <= one.now <= last


def _close(detail: Detail, memory: Memory, now: int) -> None:
    if detail.recurring or not detail.occurrences:
        return
    planned = detail.occurrences[0]
    if planned.starts_at is not None:
        ends_at = planned.starts_at + (planned.duration_seconds or 0) * SECOND
        memory.closed = planned.starts_at if now > ends_at + _CLOSED_AFTER else None


# -- what is over


def _over(detail: Detail, memory: Memory, one: Pass) -> tuple[dict[str, list[Run]], bool]:
    """By webinar_id the runs to read now, none if nothing is due; and whether Zoom is not ready yet."""
    starts_of: dict[str, dict[str, int]] = {}
    for row in one.client.instances(detail.number):
        fields = Fields(row, "instance")
        try:
            uuid, start = fields.id("uuid"), fields.required_instant("start_time")
        except FieldError as error:
            reject_once(one.outbox, one.cursors, detail.number, one.again, error.rejection, row)
            continue
        if one.asked(start):
            starts_of.setdefault(detail.name_of(start), {})[uuid] = start
    runs_of: dict[str, list[Run]] = {}
    waiting = False
    for webinar_id, starts in starts_of.items():
        runs: list[Run] | None = []
        if one.again or any(memory.is_due(uuid, one.now) for uuid in starts):
            runs = _runs(starts, _planned(detail, webinar_id), detail, memory, one)
            waiting |= runs is None
        if not all(memory.is_ignored(uuid) for uuid in starts):
            runs_of[webinar_id] = runs or []
    return runs_of, waiting or any(not memory.is_over(uuid) for runs in starts_of.values() for uuid in runs)


def _runs(
    starts: dict[str, int], planned: Occurrence | None, detail: Detail, memory: Memory, one: Pass
) -> list[Run] | None:
    """The runs; None if one of them is not ready. Rehearsals are left out."""
    runs: list[Run] = []
    for uuid, start in starts.items():
        raw = one.client.report(uuid)
        try:
            run = None if raw is None else run_of(uuid, raw)
        except FieldError:
            # Zoom fills the report in the minutes after the end.
            run = None
        if run is not None and is_rehearsal(detail, planned, run):
            memory.ignore(uuid, one.now)
        elif run is not None and run.ended_at + READY <= one.now:
            runs.append(run)
        elif run is None and start + FORGOTTEN <= one.now:
            memory.ignore(uuid, one.now)
        else:
            return None
    return runs


def _planned(detail: Detail, webinar_id: str) -> Occurrence | None:
    return next((planned for planned in detail.occurrences if planned.webinar_id == webinar_id), None)


# -- the people


def _read_before(planned: Occurrence, lists: Lists, memory: Memory, one: Pass) -> None:
    once = Once(one.outbox, one.cursors, planned.webinar_id, one.again)
    read_people(lists, planned.webinar_id, planned, [], once, one.context)
    if lists.top:
        _put_totals(planned.webinar_id, lists.top, memory, one)
    one.outbox.flush()
    once.flushed(over=False)


def _read_after(webinar_id: str, runs: list[Run], lists: Lists, memory: Memory, one: Pass) -> bool:
    """Returns whether everything is available, so that the webinar could be stated as complete."""
    detail = lists.detail
    planned = _planned(detail, webinar_id)
    once = Once(one.outbox, one.cursors, webinar_id, one.again)
    counted = read_people(lists, webinar_id, planned, runs, once, one.context)
    planned_at = planned.starts_at if planned else None
    once.put([ended_statement(detail, webinar_id, planned_at, runs, one.context, one.capabilities)], {})
    if counted is not None:
        if one.again or not all(run.uuid in memory.read for run in runs):
            completed: dict[str, object] = {"completed_at": time_text(one.now)}
            one.outbox.put(statement(webinar_id, one.now, one.context, completed, one.capabilities))
        _put_totals(webinar_id, counted, memory, one)
    one.outbox.flush()
    if counted is None:
        once.flushed(over=False)
        return False
    if one.recordings is not None:
        for run in runs:
            one.recordings.expect(run.uuid, webinar_id, run.ended_at)
    memory.read.update({run.uuid: (run.ended_at, one.now) for run in runs})
    once.flushed(over=all(memory.is_over(run.uuid) for run in runs))
    remember(one.cursors, detail.number, memory)
    return True


def _put_totals(webinar_id: str, counted: Counts, memory: Memory, one: Pass) -> None:
    said = content_hash(counted)
    if one.again or memory.said.get(f"totals:{webinar_id}") != said:
        event = totals(webinar_id, one.now, one.context, counted)
        if isinstance(event, Totals):
            one.outbox.put(event)
            memory.said[f"totals:{webinar_id}"] = said
