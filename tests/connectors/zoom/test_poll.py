"""A poll of the fake Zoom: everything that it holds, nothing twice, whatever goes wrong, wherever it ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.wakes import keep, looked, woken
from connectors.zoom.client import open_client
from contract.events import Joined, Left, Registration, Totals, Webinar
from contract.instants import DAY, HOUR, MINUTE, parse_instant
from tests.connectors.files import events_in
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom
from tests.connectors.zoom.polling import Interrupted, Interrupting, client_of, polled, run
from tests.connectors.zoom.said import ANN, BOB, HOLLY, NOW, SECRET, registrant, told

ROOT = Path(__file__).parents[3]
SINGLE, RECURRING, AHEAD = "zoom:98765432101", "zoom:98765432102", "zoom:98765432105"
UNPLANNED = "zoom:98765432103:2026-11-24"
OCCURRENCE = f"{RECURRING}:2026-11-23"
PAT, CAT, DAN, EVE, FAY, GUS, GIL, HAL, JON, KIM, ZOE = (
    email_person_id(f"{name}@example.{'com' if name == 'pat' else 'org'}", SECRET)
    for name in ("pat", "cat", "dan", "eve", "fay", "gus", "gil", "hal", "jon", "kim", "zoe")
)
SESSION = "Qk9/invented//uuid0A==:u"


@pytest.fixture
def fake() -> Iterator[FakeZoom]:
    with fake_zoom() as fake:
        yield fake


@pytest.fixture(scope="module")
def whole() -> MemoryOutbox:
    """What an undisturbed first pass puts."""
    with fake_zoom() as fake:
        return polled(fake)


def stays(outbox: MemoryOutbox) -> set[tuple[str, str, str]]:
    return {
        (event.kind, event.session_id, event.person_id) for event in outbox.events if isinstance(event, Joined | Left)
    }


def registrations(outbox: MemoryOutbox) -> set[tuple[str, str, str]]:
    return {
        (event.webinar_id, event.person_id, event.status)
        for event in outbox.events
        if isinstance(event, Registration) and event.role is None
    }


def test_every_stay_that_the_fake_holds_and_none_twice(whole: MemoryOutbox) -> None:
    who = {
        f"{SESSION}16778239": HOLLY,
        f"{SESSION}16778238": PAT,
        f"{SESSION}16778240": ANN,
        f"{SESSION}16778241": BOB,
        f"{SESSION}16778242": registrant(f"session:{SESSION}16778242"),
        f"{SESSION}16778250": ANN,
        f"{SESSION}16778251": GUS,
        "Zw7inventedUuid1B==:u33554433": ANN,
        "/Zw8inventedUuid2=:u33554433": ANN,
        "/Zw8inventedUuid2=:u33554434": registrant("session:/Zw8inventedUuid2=:u33554434"),
        "Un1inventedUuid==:u50331649": HAL,
    }
    assert stays(whole) == {(kind, session, person) for session, person in who.items() for kind in ("joined", "left")}
    assert len(whole.ids) == len(set(whole.ids))
    assert not whole.rejected


def test_every_registration_that_the_fake_holds(whole: MemoryOutbox) -> None:
    single = [(ANN, "approved"), (BOB, "approved"), (CAT, "approved"), (EVE, "approved"), (DAN, "registered")]
    single += [(FAY, "registered"), (FAY, "denied"), (ZOE, "approved")]
    later = f"{RECURRING}:2026-11-30"
    assert registrations(whole) == {
        *((SINGLE, person, status) for person, status in single),
        (OCCURRENCE, ANN, "approved"),
        (later, ANN, "approved"),
        (later, GIL, "approved"),
        (UNPLANNED, HAL, "approved"),
        (AHEAD, JON, "approved"),
        (AHEAD, KIM, "registered"),
        (AHEAD, KIM, "denied"),
    }


def test_speakers_are_told_before_they_come(whole: MemoryOutbox) -> None:
    roles = {
        (event.webinar_id, event.person_id, event.role)
        for event in whole.events
        if isinstance(event, Registration) and event.role
    }
    henry = email_person_id("henry@example.com", SECRET)
    assert {(SINGLE, PAT, "panelist"), (SINGLE, HOLLY, "host"), (SINGLE, henry, "host")} <= roles
    assert (AHEAD, HOLLY, "host") in roles


def test_the_source_is_told_by_the_lists_of_tracked_links(whole: MemoryOutbox, fake: FakeZoom) -> None:
    def sources(outbox: MemoryOutbox) -> dict[str, object]:
        return {
            event.person_id: event.source.model_dump(exclude_none=True)
            for event in outbox.events
            if isinstance(event, Registration) and event.source and event.webinar_id == SINGLE
        }

    assert sources(whole) == {
        ANN: {"utm_source": "newsletter", "tracking_code": "partner-x"},
        CAT: {"tracking_code": "partner-x"},
    }
    fake.heeds_tracking_source = False
    assert sources(polled(fake)) == {ANN: {"utm_source": "newsletter"}}


def test_numbers_of_what_is_over(whole: MemoryOutbox) -> None:
    row = told(whole.events, "2026-11-25T12:00:00Z", SINGLE)
    assert (row["registrations"], row["visits"], row["walk_ins"], row["registered_visits"]) == (5, 4, 2, 2)
    assert (row["visits_5m"], row["visits_30m"], row["completeness"]) == (2, 2, "final")
    assert row["recording_views"] == 5
    again = told(whole.events, "2026-11-25T12:00:00Z", OCCURRENCE)
    assert (again["registrations"], again["visits_all"], again["registered_visits"]) == (1, 2, 1)
    assert (again["hour"], again["weekday"]) == (18, 1)
    assert told(whole.events, "2026-11-25T12:00:00Z", UNPLANNED)["registered_visits"] == 1


def webinars(outbox: MemoryOutbox, webinar_id: str) -> list[Webinar]:
    return [event for event in outbox.events if isinstance(event, Webinar) and event.webinar_id == webinar_id]


def test_when_it_was_on_and_that_it_is_complete(whole: MemoryOutbox) -> None:
    planned, ended, completed = webinars(whole, SINGLE)
    assert (planned.status, planned.starts_at) == (None, parse_instant("2026-11-22T18:00:00Z"))
    assert ended.started_at == parse_instant("2026-11-22T18:00:02Z")
    assert ended.ended_at == ended.occurred_at == parse_instant("2026-11-22T19:31:05Z")
    assert completed.completed_at == NOW
    restarted = webinars(whole, OCCURRENCE)[1]
    assert restarted.started_at == parse_instant("2026-11-23T23:28:40Z")
    assert restarted.ended_at == parse_instant("2026-11-24T00:31:00Z")


def test_zooms_own_totals(whole: MemoryOutbox) -> None:
    totals = {event.webinar_id: event for event in whole.events if isinstance(event, Totals)}
    assert set(totals) == {SINGLE, OCCURRENCE, UNPLANNED, AHEAD}
    single = totals[SINGLE]
    assert (single.registrations, single.visits_all, single.page_views, single.reported_by) == (4, 6, 42, "zoom")
    assert (totals[OCCURRENCE].visits_all, totals[OCCURRENCE].page_views) == (3, None)
    ahead = totals[AHEAD]
    assert (ahead.registrations, ahead.visits_all, ahead.page_views) == (None, None, 7)


def test_what_is_ahead_is_scheduled_and_a_rehearsal_ends_nothing(whole: MemoryOutbox) -> None:
    (ahead,) = webinars(whole, AHEAD)
    assert (ahead.status, ahead.format, ahead.completed_at) == ("scheduled", "recorded", None)
    assert told(whole.events, "2026-11-25T12:00:00Z", AHEAD)["completeness"] == "upcoming"
    names = {event.webinar_id for event in whole.events if isinstance(event, Webinar)}
    assert names == {
        SINGLE,
        AHEAD,
        UNPLANNED,
        OCCURRENCE,
        f"{RECURRING}:2026-11-30",
        f"{RECURRING}:2026-12-28",
    }


def test_a_second_pass_says_nothing_that_was_said(fake: FakeZoom) -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        run(client, outbox, cursors)
        before, asked = outbox.ids, len(fake.asked)
        run(client, outbox, cursors, NOW + 15 * MINUTE)
        assert outbox.ids == before
        assert not [path for path in fake.asked[asked:] if "/report/" in path]
        run(client, outbox, cursors, NOW + HOUR)
        assert outbox.ids == before


def test_a_run_is_read_when_it_is_ready_and_once_more(fake: FakeZoom) -> None:
    end = parse_instant("2026-11-22T19:31:05Z")
    fake.webinars = {"98765432101": fake.webinars["98765432101"]}
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    (held,) = fake.webinars.values()
    last = held["runs"][0]["participants"].pop()
    with client_of(fake) as client:
        run(client, outbox, cursors, end + 5 * MINUTE)
        assert not stays(outbox)
        held["runs"][0]["not_ready"] = True
        run(client, outbox, cursors, end + 15 * MINUTE)
        assert not stays(outbox)
        del held["runs"][0]["not_ready"]
        run(client, outbox, cursors, end + 30 * MINUTE)
        assert len(stays(outbox)) == 12
        held["runs"][0]["participants"].append(last)
        run(client, outbox, cursors, end + HOUR)
        assert len(stays(outbox)) == 12
        run(client, outbox, cursors, end + 3 * HOUR)
        assert len(stays(outbox)) == 14
        run(client, outbox, cursors, end + 4 * DAY)
        asked = len(fake.asked)
        run(client, outbox, cursors, end + 5 * DAY)
    assert not [path for path in fake.asked[asked:] if "98765432101" in path]
    completed = [event.completed_at for event in webinars(outbox, SINGLE) if event.completed_at]
    assert completed == [end + 30 * MINUTE]
    assert len(outbox.ids) == len(set(outbox.ids))


def test_what_a_webhook_asks_for_is_read_though_no_list_holds_it_until_it_is_done(fake: FakeZoom) -> None:
    end = parse_instant("2026-11-22T19:31:05Z")
    fake.unlisted = set(fake.webinars)
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        run(client, outbox, cursors, end)
        assert not outbox.events
        keep(cursors, [("98765432101", end), ("gone", end)])
        run(client, outbox, cursors, end)
        assert not stays(outbox)
        looked(cursors, woken(cursors))
        # Zoom's report takes minutes; the poll comes back for it by itself.
        run(client, outbox, cursors, end + 15 * MINUTE)
        assert len(stays(outbox)) == 14
        run(client, outbox, cursors, end + 3 * HOUR)
        run(client, outbox, cursors, end + 4 * DAY)
        asked = len(fake.asked)
        run(client, outbox, cursors, end + 5 * DAY)
        assert not [path for path in fake.asked[asked:] if "98765432101" in path]
        keep(cursors, [("98765432101", end + 5 * DAY)])
        run(client, outbox, cursors, end + 5 * DAY)
    assert [path for path in fake.asked[asked:] if "98765432101" in path]


def test_what_is_deleted_or_moved_before_its_time_is_cancelled(fake: FakeZoom) -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        run(client, outbox, cursors)
        del fake.webinars["98765432105"], fake.webinars["98765432101"]
        fake.webinars["98765432102"]["detail"]["occurrences"][1]["start_time"] = "2026-12-01T23:30:00Z"
        before = len(outbox.events)
        run(client, outbox, cursors, NOW + HOUR)
        said = {(event.webinar_id, event.status) for event in outbox.events[before:] if isinstance(event, Webinar)}
        assert said == {
            (AHEAD, "cancelled"),
            (f"{RECURRING}:2026-11-30", "cancelled"),
            (f"{RECURRING}:2026-12-01", "scheduled"),
        }
        fake.webinars["98765432102"]["detail"]["occurrences"][1]["start_time"] = "2026-11-30T23:30:00Z"
        before = len(outbox.events)
        run(client, outbox, cursors, NOW + 2 * HOUR)
    back = {(event.webinar_id, event.status) for event in outbox.events[before:] if isinstance(event, Webinar)}
    assert back == {(f"{RECURRING}:2026-11-30", "scheduled"), (f"{RECURRING}:2026-12-01", "cancelled")}
    assert told(outbox.events, "2026-11-25T15:00:00Z", SINGLE)["completeness"] == "final"


def test_a_backfill_reads_its_span_again_and_nothing_else(fake: FakeZoom, whole: MemoryOutbox) -> None:
    span = Span(parse_instant("2026-11-23T00:00:00Z"), parse_instant("2026-11-24T12:00:00Z"))
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        run(client, outbox, cursors)
        outbox.acknowledged.clear()
        run(client, outbox, cursors, span=span)
    assert {event.webinar_id for event in outbox.events} == {OCCURRENCE, UNPLANNED}
    expected = [event for event in whole.events if event.webinar_id in (OCCURRENCE, UNPLANNED)]
    assert {event.event_id for event in expected} == set(outbox.ids)


def test_a_webinar_that_cannot_be_read_stops_no_other(fake: FakeZoom, whole: MemoryOutbox) -> None:
    fake.webinars["98765432102"]["detail"]["type"] = "monthly"
    fake.webinars["98765432105"]["detail"]["timezone"] = []
    fake.webinars["98765432101"]["runs"][0]["participants"][2]["join_time"] = "soon"
    outbox = polled(fake)
    assert sorted(one.detail for one, _ in outbox.rejected) == [
        "participant.join_time: not a time such as 2026-11-22T18:00:00Z",
        "timezone: not a text",
        "webinar.type: not a whole number",
    ]
    assert ("joined", f"{SESSION}16778241", BOB) in stays(outbox)
    assert ("joined", f"{SESSION}16778240", ANN) not in stays(outbox)
    assert ("joined", "Un1inventedUuid==:u50331649", HAL) in stays(outbox)


@pytest.mark.parametrize(
    ("fault", "every"),
    [
        ("token revoked", 3),
        ("page token expired", 7),
        ("throttled", 2),
        ("server error", 2),
        ("cut off", 2),
        ("rows missing", 7),
        ("slow", 40),
    ],
)
@pytest.mark.parametrize("first", [1, 2])
def test_faults_change_nothing(fake: FakeZoom, whole: MemoryOutbox, fault: str, every: int, first: int) -> None:
    fake.faults = dict.fromkeys(range(first, 2000, every), fault)
    assert sorted(polled(fake).ids) == sorted(whole.ids)


def test_an_answer_that_is_no_json_ends_the_pass_and_the_next_one_makes_it_good(
    fake: FakeZoom, whole: MemoryOutbox
) -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        for number in (6, 22, 45):
            fake.faults[number] = "no json"
        for _ in range(3):
            with pytest.raises(ServiceError, match="no JSON"):
                run(client, outbox, cursors)
            outbox.pending.clear()
        run(client, outbox, cursors)
    assert set(outbox.ids) == set(whole.ids)


def test_a_pass_that_ends_at_any_request_is_made_good_by_the_next(fake: FakeZoom, whole: MemoryOutbox) -> None:
    for at in count(1):
        outbox = MemoryOutbox()
        cursors = MemoryCursors(outbox)
        try:
            with open_client(fake.settings(), partial(Interrupting, at=at)) as client:
                run(client, outbox, cursors)
            break
        except Interrupted:
            outbox.pending.clear()
        with client_of(fake) as client:
            run(client, outbox, cursors)
        assert set(outbox.ids) == set(whole.ids), f"ended at request {at}"
        assert len(outbox.ids) - len(set(outbox.ids)) <= 25
    assert at >= 50


@pytest.mark.parametrize("at", [5, 28, 41])
def test_a_sigkill_loses_nothing(fake: FakeZoom, whole: MemoryOutbox, tmp_path: Path, at: int) -> None:
    reached, killed = threading.Event(), threading.Event()

    def stop(number: int) -> None:
        if number == at:
            reached.set()
            killed.wait(30)

    fake.on_request = stop
    command = [sys.executable, "-m", "tests.connectors.zoom.polling", fake.url, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        assert reached.wait(30)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    finally:
        killed.set()
        process.kill()
        process.wait()
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=60)
    found = events_in(tmp_path / "events.jsonl")
    assert {event.event_id for event in found} == set(whole.ids)
