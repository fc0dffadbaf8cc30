"""Who watched a recording: by email where Zoom says one, else one by one, never by name; n/a without the scope."""

from collections.abc import Iterator

import pytest

from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.io.http import ServiceError
from contract.events import RecordingViewed, Registration, Webinar
from contract.instants import DAY, HOUR, MINUTE, parse_instant
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom
from tests.connectors.zoom.polling import client_of, polled, run
from tests.connectors.zoom.said import NOW, SECRET, told

SINGLE = "zoom:98765432101"
CAT, ZOE = email_person_id("cat@example.org", SECRET), email_person_id("zoe@example.org", SECRET)
LATER = "2026-11-28T12:00:00Z"


@pytest.fixture
def fake() -> Iterator[FakeZoom]:
    with fake_zoom() as fake:
        yield fake


def views(outbox: MemoryOutbox) -> list[RecordingViewed]:
    return [one for one in outbox.events if isinstance(one, RecordingViewed)]


def recordings_asked(fake: FakeZoom, asked: int = 0) -> list[str]:
    return [path for path in fake.asked[asked:] if "/analytics_details" in path and "Qk9" in path]


def test_every_view_is_one_and_a_viewer_is_who_the_email_says_or_nobody_else(fake: FakeZoom) -> None:
    outbox = polled(fake)
    found = views(outbox)
    assert {one.webinar_id for one in found} == {SINGLE}
    assert [one.person_id for one in found[:2]] == [CAT, CAT]
    anonymous = {one.person_id for one in found[2:]}
    assert len(found) == 5
    assert len(anonymous) == 3
    assert all(one.startswith("r_") for one in anonymous)
    row = told(outbox.events, LATER, SINGLE)
    assert (row["recording_views"], row["recording_viewers"]) == (5, 4)
    assert not outbox.rejected


def test_who_registers_for_the_recording_is_registered_later_and_changes_no_conversion(fake: FakeZoom) -> None:
    outbox = polled(fake)
    (zoe,) = [one for one in outbox.events if isinstance(one, Registration) and one.person_id == ZOE]
    assert zoe.occurred_at == parse_instant("2026-11-22T19:31:06Z")
    without = [one for one in outbox.events if getattr(one, "person_id", "") != ZOE]
    row, before = told(outbox.events, LATER, SINGLE), told(without, LATER, SINGLE)
    assert row["registered_later"] == before["registered_later"] + 1
    assert (row["registrations"], row["conversion"]) == (before["registrations"], before["conversion"])


def test_views_are_followed_for_a_month_a_month_at_a_time_and_said_once(fake: FakeZoom) -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        run(client, outbox, cursors)
        asked, known = len(fake.asked), len(outbox.events)
        run(client, outbox, cursors, NOW + MINUTE)
        assert (recordings_asked(fake, asked), len(outbox.events)) == ([], known)
        held = fake.webinars["98765432101"]["runs"][0]["views"]
        held.append({"date_time": "2026-12-20T10:00:00Z", "duration": 5, "email": "cat@example.org", "name": "C"})
        run(client, outbox, cursors, parse_instant("2026-12-21T10:00:00Z"))
        assert len(views(outbox)) == 6
        run(client, outbox, cursors, parse_instant("2026-12-23T10:00:00Z"))
        asked = len(fake.asked)
        run(client, outbox, cursors, parse_instant("2026-12-30T10:00:00Z"))
    assert recordings_asked(fake, asked) == []
    assert len({one.event_id for one in views(outbox)}) == len(views(outbox)) == 6


def test_a_backfill_ends_with_exactly_the_views_that_are_held(fake: FakeZoom) -> None:
    held = fake.webinars["98765432101"]["runs"][0]["views"]
    held.append({"date_time": "2027-03-01T10:00:00Z", "duration": 5, "email": "cat@example.org", "name": "C"})
    day = parse_instant("2026-11-22T00:00:00Z")
    outbox = MemoryOutbox()
    with client_of(fake) as client:
        run(client, outbox, MemoryCursors(outbox), parse_instant("2027-04-01T00:00:00Z"), Span(day, day + DAY))
    assert len(views(outbox)) == 6
    assert len(recordings_asked(fake)) >= 5


@pytest.mark.parametrize("fault", ["throttled", "server error", "rows missing"])
def test_faults_change_nothing(fake: FakeZoom, fault: str) -> None:
    calm = {one.event_id for one in views(polled(fake))}
    fake.faults = {len(fake.asked) + n: fault for n in range(1, 200, 11)}
    assert {one.event_id for one in views(polled(fake))} == calm


def test_a_recording_that_zoom_refuses_to_show_stops_no_other_and_is_said(fake: FakeZoom) -> None:
    asked_first = list(fake.webinars["98765432102"]["runs"])
    fake.refused_recordings = {run["uuid"] for run in asked_first}
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        with pytest.raises(ServiceError, match="status 400"):
            run(client, outbox, cursors)
        assert len(views(outbox)) == 5
        run(client, outbox, cursors, NOW + MINUTE)
        fake.refused_recordings = set()
        run(client, outbox, cursors, NOW + DAY)


def test_an_account_that_may_not_have_recordings_is_read_all_the_same(fake: FakeZoom) -> None:
    fake.recordings_status = 403
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client, pytest.raises(ServiceError, match="may not read who watched"):
        run(client, outbox, cursors)
    assert told(outbox.events, LATER, SINGLE)["visits_30m"] == 2


def test_without_the_scope_recordings_are_not_told_and_that_is_said_once(fake: FakeZoom) -> None:
    fake.may_read_recordings = False
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        with pytest.raises(ServiceError, match="may not read who watched recordings") as error:
            run(client, outbox, cursors)
        run(client, outbox, cursors, NOW + HOUR)
        assert "\n" not in str(error.value)
        row = told(outbox.events, LATER, SINGLE)
        assert (row["recording_views"], row["visits_30m"]) == (None, 2)
        fake.may_read_recordings = True
        run(client, outbox, cursors, NOW + 2 * HOUR, Span(since=parse_instant("2026-11-22T00:00:00Z")))
    assert told(outbox.events, LATER, SINGLE)["recording_views"] == 5
    assert "recording_views" in [one.tells for one in outbox.events if isinstance(one, Webinar)][-1]  # type: ignore[operator]
