"""A pass against a BigMarker of our own: exactly what it holds, none twice, what is due and what is not."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator

import pytest

from connectors.bigmarker.poll import BigMarkerPoll
from connectors.mapped import Reason
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.wakes import keep, looked, woken
from contract.events import Event, Identity, RecordingViewed, Registration, Summary, Totals, Webinar
from contract.instants import DAY, HOUR, MINUTE, parse_instant
from tests.connectors.bigmarker.fake import FakeBigMarker, Fault, rows_of, serving
from tests.connectors.bigmarker.world import LIVE, NOW, PAST, SECRET, UPCOMING, account, polling, settings_of


@pytest.fixture
def fake() -> Iterator[FakeBigMarker]:
    with serving(account()) as fake:
        yield fake


def a_pass(
    poll: BigMarkerPoll,
    cursors: MemoryCursors,
    now: int = NOW,
    span: Span = Span(),  # noqa: B008  frozen
) -> MemoryOutbox:
    outbox = MemoryOutbox()
    poll(outbox, cursors, now, span, lambda what, done, of: None)
    assert not outbox.pending
    return outbox


def who(name: str) -> str:
    return email_person_id(name if "@" in name else f"{name}@example.com", SECRET)


def ids(events: list[Event]) -> list[str]:
    return [event.event_id for event in events]


def of_webinar(events: list[Event], said_id: str) -> list[Event]:
    return [event for event in events if event.webinar_id == f"bigmarker:{said_id}"]


def read_conferences(outbox: MemoryOutbox) -> set[str]:
    return {event.webinar_id.removeprefix("bigmarker:") for event in outbox.events}


def holds(events: list[Event]) -> None:
    """Exactly what the account holds, whatever was read by which page."""
    assert len(ids(events)) == len(set(ids(events)))
    registrations = {(one.webinar_id[10:], one.person_id) for one in events if isinstance(one, Registration)}
    assert registrations == {
        *((PAST, who(name)) for name in ("ann.lee", "bo.marsh", "cy.dunn@example.org", "di.roe")),
        (PAST, who("tess.teacher@example.org")),
        *((LIVE, who(name)) for name in ("fay.ito", "gus.kern", "ann.lee")),
    }
    assert sum(isinstance(one, Registration) for one in events) == len(registrations)
    assert sum(isinstance(one, Identity) for one in events) == len(registrations)
    summaries = {(one.webinar_id[10:], one.person_id): one.total_seconds for one in events if isinstance(one, Summary)}
    assert summaries == {
        (PAST, who("ann.lee")): 3910,
        (PAST, who("bo.marsh")): 299,
        (PAST, who("eve.walker")): 1805,
        (PAST, who("tess.teacher@example.org")): 5190,
        (LIVE, who("fay.ito")): 1740,
        (LIVE, who("gus.kern")): 0,
    }
    views = Counter(one.person_id for one in events if isinstance(one, RecordingViewed))
    assert views == {who("di.roe"): 2, who("cy.dunn@example.org"): 1}
    totals = {one.webinar_id[10:]: (one.registrations, one.visits_all) for one in events if isinstance(one, Totals)}
    assert totals == {PAST: (5, 4), LIVE: (3, 2), UPCOMING: (1, 0)}
    webinars = Counter(
        (one.webinar_id[10:], one.completed_at is not None) for one in events if isinstance(one, Webinar)
    )
    assert webinars == {(PAST, False): 1, (PAST, True): 1, (LIVE, False): 1, (UPCOMING, False): 1}


def test_a_pass_publishes_exactly_what_the_account_holds(fake: FakeBigMarker) -> None:
    with polling(fake.url) as poll:
        outbox = a_pass(poll, MemoryCursors())
    holds(outbox.events)
    assert outbox.rejected == []


@pytest.mark.parametrize("page_size", [1, 2, 3, 500])
@pytest.mark.parametrize("envelope", [True, False])
@pytest.mark.parametrize("repeats", [True, False])
def test_every_way_to_page_ends_with_the_same(page_size: int, envelope: bool, repeats: bool) -> None:
    with serving(account(envelope=envelope, repeats=repeats)) as fake, polling(fake.url, page_size=page_size) as poll:
        holds(a_pass(poll, MemoryCursors()).events)
        assert len(fake.requests) < 80


def test_a_smaller_page_than_was_asked_for_is_not_the_last() -> None:
    with serving(account(largest_page=2)) as fake, polling(fake.url, page_size=500) as poll:
        holds(a_pass(poll, MemoryCursors()).events)


def test_faults_on_the_way_change_nothing() -> None:
    faults = [
        Fault(status=429),
        Fault(status=429, retry_after="1"),
        Fault(status=503),
        Fault(cut=True),
        Fault(hang=True),
        Fault(status=500),
    ]
    waited: list[float] = []
    # Every third request fails, each time in another way.
    fake = account(fault=lambda number, path: faults[number // 3 % len(faults)] if number % 3 == 0 else None)
    with serving(fake), polling(fake.url, timeout_seconds=0.3, sleep=waited.append) as poll:
        holds(a_pass(poll, MemoryCursors()).events)
    assert 1.0 in waited, "Retry-After is obeyed"


def test_what_is_not_shown_of_a_conference_is_skipped_and_counted(fake: FakeBigMarker) -> None:
    fake.fault = lambda number, path: Fault(status=401) if PAST in path else None
    with polling(fake.url) as poll:
        outbox = a_pass(poll, MemoryCursors())
        skipped = poll._service.skipped
    past = of_webinar(outbox.events, PAST)
    assert {type(one) for one in past} == {Webinar, Totals}
    assert all(not isinstance(one, Webinar) or one.completed_at is None for one in past), "not read, so not complete"
    assert len(of_webinar(outbox.events, LIVE)) > 5
    assert skipped["attendees"] == 1
    assert skipped["registrations"] == 1


def test_a_key_that_is_not_accepted_ends_the_pass_in_one_line(fake: FakeBigMarker) -> None:
    fake.fault = lambda number, path: Fault(status=401)
    with polling(fake.url) as poll, pytest.raises(ServiceError, match="key right") as caught:
        a_pass(poll, MemoryCursors())
    assert "\n" not in str(caught.value)


def test_an_answer_that_is_no_json_points_at_the_base_address(fake: FakeBigMarker) -> None:
    fake.fault = lambda number, path: Fault(not_json=True)
    with polling(fake.url) as poll, pytest.raises(ServiceError, match="base address"):
        a_pass(poll, MemoryCursors())


def test_one_conference_that_fails_keeps_no_other_back_and_is_read_next_time(fake: FakeBigMarker) -> None:
    cursors, outbox = MemoryCursors(), MemoryOutbox()
    fake.fault = lambda number, path: Fault(status=500) if path == f"/conferences/{LIVE}/attendees" else None
    with polling(fake.url) as poll:
        with pytest.raises(ServiceError, match="1 of 3 conferences"):
            poll(outbox, cursors, NOW, Span(), lambda what, done, of: None)
        assert of_webinar(outbox.events, PAST)
        fake.fault = lambda number, path: None
        again = a_pass(poll, cursors, NOW + 1)
    assert read_conferences(again) == {LIVE}
    known = {one.event_id: one for one in [*outbox.events, *again.events]}
    holds(list(known.values()))


def test_throttled_custom_fields_fall_back_to_plain_registrations(fake: FakeBigMarker) -> None:
    fake.lists["registrations", LIVE] = fake.lists["registrations_with_fields", LIVE]
    fake.lists["registrations", UPCOMING] = []
    fake.fault = lambda number, path: Fault(status=429) if "with_fields" in path else None
    with polling(fake.url) as poll:
        outbox = a_pass(poll, MemoryCursors())
        holds(outbox.events)
        assert sum("with_fields" in one for one in fake.requests) == 4, "tried for one conference only"
        fake.fault = lambda number, path: None
        full = a_pass(poll, MemoryCursors())
    ann = who("ann.lee")

    def registration(events: list[Event]) -> Registration:
        return next(one for one in of_webinar(events, PAST) if isinstance(one, Registration) and one.person_id == ann)

    plain, with_fields = registration(outbox.events), registration(full.events)
    assert with_fields.source is not None
    assert with_fields.source.utm_source == "newsletter"
    assert plain.occurred_at == with_fields.occurred_at
    assert with_fields.event_id < plain.event_id, "so the first touch is the one that says the campaign"


def test_reading_the_same_again_gives_the_same_events(fake: FakeBigMarker) -> None:
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        first = a_pass(poll, cursors)
        keep(cursors, dict.fromkeys((PAST, LIVE, UPCOMING), NOW + MINUTE).items())
        again = a_pass(poll, cursors, NOW + 5 * MINUTE)
    assert set(ids(again.events)) == set(ids(first.events))


def test_a_webhook_brings_its_conference_into_the_pass_that_it_causes(fake: FakeBigMarker) -> None:
    unlisted = "c0ffee"
    fake.lists["conference", unlisted] = [{**rows_of("conferences_search")[0], "id": unlisted}]
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        a_pass(poll, cursors)
        for said_id in (UPCOMING, PAST, unlisted, "gone"):
            keep(cursors, [(said_id, NOW + MINUTE)])
            read = read_conferences(a_pass(poll, cursors, NOW + 2 * MINUTE))
            assert read - {LIVE} == {said_id} - {"gone"}
            looked(cursors, woken(cursors))


def test_what_nothing_happens_to_is_left_alone(fake: FakeBigMarker) -> None:
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        a_pass(poll, cursors)
        assert read_conferences(a_pass(poll, cursors, NOW + 5 * MINUTE)) == {LIVE}
        assert read_conferences(a_pass(poll, cursors, NOW + 7 * HOUR)) == {PAST, LIVE, UPCOMING}


def test_new_registrants_of_an_upcoming_webinar_are_read_with_the_next_pass(fake: FakeBigMarker) -> None:
    cursors = MemoryCursors()
    row = fake.lists["registrations_with_fields", LIVE][0]
    with polling(fake.url) as poll:
        a_pass(poll, cursors)
        fake.lists["registrations_with_fields", UPCOMING] = [row | {"registered_at": "2026-11-24T18:31:00Z"}]
        fake.lists["conferences_future", ""][1]["webinar_stats"]["registrants"] = 2
        again = a_pass(poll, cursors, NOW + 5 * MINUTE)
    assert [one.person_id for one in of_webinar(again.events, UPCOMING) if isinstance(one, Registration)] == [
        who("fay.ito")
    ]


def test_a_changed_title_is_said_later_than_the_old_one(fake: FakeBigMarker) -> None:
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        a_pass(poll, cursors)
        fake.lists["conferences_future", ""][1]["title"] = "Data careers, moved"
        again = a_pass(poll, cursors, NOW + MINUTE)
    said = [one for one in of_webinar(again.events, UPCOMING) if isinstance(one, Webinar)]
    assert [(one.title, one.occurred_at) for one in said] == [("Data careers, moved", NOW + MINUTE)]


def test_a_grown_total_counts_and_an_ended_webinar_has_the_last_word(fake: FakeBigMarker) -> None:
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        first = a_pass(poll, cursors)
        fay = fake.lists["attendees", LIVE][0]
        fay["total_duration"] = "00:40:00"
        second = a_pass(poll, cursors, NOW + 11 * MINUTE)
        fay["leaved_at"] = "2026-11-24T14:20:00-05:00"
        for one in (fake.lists["conferences_search", ""][1], fake.lists["conferences_future", ""][0]):
            one["manual_end_time"] = "2026-11-24T14:31:00-05:00"
        third = a_pass(poll, cursors, NOW + 3 * HOUR)

    def total(outbox: MemoryOutbox) -> Summary:
        return next(one for one in outbox.events if isinstance(one, Summary) and one.person_id == who("fay.ito"))

    said = [(one.reported_at, one.event_id, one.total_seconds) for one in map(total, (first, second, third))]
    assert said == sorted(said)
    assert [one[2] for one in said] == [1740, 2400, 2400]
    assert any(isinstance(one, Webinar) and one.completed_at for one in of_webinar(third.events, LIVE))


def test_a_backfill_reads_its_span_whatever_was_read_before_and_can_be_repeated(fake: FakeBigMarker) -> None:
    cursors = MemoryCursors()
    day = parse_instant("2026-11-23T00:00:00Z")
    with polling(fake.url) as poll:
        a_pass(poll, cursors)
        for later in (1, 2):
            outbox = a_pass(poll, cursors, NOW + later, Span(day, day + DAY))
            assert read_conferences(outbox) == {PAST}
        assert "start_time=1795392000" in next(one for one in fake.requests[::-1] if "search" in one)


def test_rooms_that_no_list_shows_are_read_by_their_ids(fake: FakeBigMarker) -> None:
    room = fake.lists["conferences_search", ""][0] | {"id": "77aa77aa77aa", "type": "meetingspace"}
    fake.lists["conference", "77aa77aa77aa"] = [room]
    with polling(fake.url, settings_of(conferences=" 77aa77aa77aa, gone00000000 ")) as poll:
        outbox = a_pass(poll, MemoryCursors())
        assert poll._service.skipped["conference"] == 1
    assert of_webinar(outbox.events, "77aa77aa77aa")


def test_what_cannot_be_read_is_handed_over_once_with_its_row(fake: FakeBigMarker) -> None:
    fake.lists["attendees", LIVE][0]["total_duration"] = "a while"
    fake.lists["conferences_search", ""].append({"title": "no id"})
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        outbox = a_pass(poll, cursors)
        again = a_pass(poll, cursors, NOW + MINUTE)
    assert sorted((one.reason, one.detail.split(":")[0]) for one, _ in outbox.rejected) == [
        (Reason.MISSING_FIELD, "id"),
        (Reason.WRONG_FORM, "total_duration"),
    ]
    assert any(b"a while" in payload for _, payload in outbox.rejected)
    assert all("a while" not in one.detail for one, _ in outbox.rejected)
    assert again.rejected == []
    assert read_conferences(again) == {LIVE}


def test_what_was_rejected_before_0_2_0_is_not_handed_over_again(fake: FakeBigMarker) -> None:
    fake.lists["attendees", LIVE][0]["total_duration"] = "a while"
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        assert len(a_pass(poll, cursors).rejected) == 1
        kept = json.loads(cursors[f"conference:{LIVE}"])
        kept["rejected"] = [b64decode(kept["rejected"]).hex()]
        cursors[f"conference:{LIVE}"] = json.dumps(kept)
        assert a_pass(poll, cursors, NOW + MINUTE).rejected == []
        assert b64decode(json.loads(cursors[f"conference:{LIVE}"])["rejected"]).hex() == kept["rejected"][0]


def test_cursors_hold_nothing_personal(fake: FakeBigMarker) -> None:
    fake.lists["attendees", LIVE][0]["total_duration"] = "a while"
    cursors = MemoryCursors()
    with polling(fake.url) as poll:
        a_pass(poll, cursors)
    kept = " ".join([*cursors, *cursors.values()]).lower()
    assert not [word for word in ("@", "example", "fay", "ann", "lee") if word in kept]
