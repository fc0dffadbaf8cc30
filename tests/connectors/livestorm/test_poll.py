"""A pass over a fake Livestorm ends with exactly what it holds, none twice, whatever goes wrong on the way."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from connectors.livestorm.client import LivestormClient
from connectors.livestorm.connector import CONNECTOR
from connectors.livestorm.mapping import map_payload
from connectors.livestorm.poll import LivestormPoll
from connectors.livestorm.settings import livestorm_settings
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.settings import SettingsError, connector_settings
from connectors.toolkit.io.http import Http, ServiceError
from contract.events import RecordingViewed, Registration, Summary, Webinar
from contract.instants import DAY, HOUR, MINUTE, SECOND, parse_instant
from tests.connectors.any_json import CONTEXT
from tests.connectors.livestorm.fake import COMING, ENDED, OLD, TOKEN, Fake, person, running, seconds, session
from tests.connectors.zoom.said import accepted, told

NOW = parse_instant("2026-11-25T12:00:00Z")
YEAR_BEFORE = Span(parse_instant("2025-01-01T00:00:00Z"), parse_instant("2026-01-01T00:00:00Z"))


class Kept:
    """What was acknowledged, and how far it was read."""

    def __init__(self) -> None:
        self.outbox = MemoryOutbox()
        self.cursors = MemoryCursors(self.outbox)

    def kinds(self) -> Counter[str]:
        assert not self.outbox.rejected
        return Counter(getattr(one, "kind", one.type) for one in self.outbox.events)


def poll(
    fake: Fake, kept: Kept | None = None, now: int = NOW, span: Span | None = None, tries: int = 4, minutes: float = 0
) -> Kept:
    kept = kept or Kept()
    headers = {"Authorization": TOKEN}
    with Http(
        "Livestorm", fake.url, headers=headers, requests_per_second=10_000, tries=tries, sleep=lambda _: None
    ) as http:
        one = LivestormPoll(LivestormClient(http), CONTEXT.secret, minutes, settle_minutes=30)
        one(kept.outbox, kept.cursors, now, span or Span(), lambda what, done, of: None)
    return kept


def test_a_pass_ends_with_exactly_what_the_workspace_holds() -> None:
    with running(Fake()) as fake:
        kept = poll(fake)
    assert kept.kinds() == {
        "webinar": 3,  # two sessions, one of them said to be complete
        "totals": 1,
        "registration": 6,
        "identity": 5,  # all but the one without an email
        "summary": 2,
        "recording_viewed": 1,
    }
    assert len(set(kept.outbox.ids)) == len(kept.outbox.ids)
    assert {one.webinar_id for one in kept.outbox.events} == {f"livestorm:{ENDED}", f"livestorm:{COMING}"}
    titles = [one.title for one in kept.outbox.events if isinstance(one, Webinar)]
    assert titles == ["Python from zero", None, "Python from zero"]
    hosts = [one.role for one in kept.outbox.events if isinstance(one, Registration) and one.role]
    assert hosts == ["host"]
    assert "FREE TEXT" not in repr(kept.outbox.events)


def test_what_a_webhook_says_of_a_person_is_literally_the_same_event() -> None:
    with running(Fake()) as fake:
        ids = set(poll(fake).outbox.ids)
        rows = [(row, kind) for row in fake.people[ENDED] for kind in kinds_of(row)]
    assert {kind for _, kind in rows} == {"registered", "attended", "not_attended", "watched_replay"}
    for row, kind in rows:
        body = orjson.dumps({"data": {**row, "meta": {"webhook": {"event": f"people.{kind}"}}}})
        said = map_payload(body, replace(CONTEXT, received_at=NOW))
        assert {one.event_id for one in said} <= ids, kind  # type: ignore[union-attr]


def test_both_ways_count_everybody_once_in_any_order() -> None:
    with running(Fake()) as fake:
        by_rest = poll(fake).outbox.events
        rows = [(row, kind) for row in fake.people[ENDED] for kind in kinds_of(row)]
    bodies = (orjson.dumps({"data": {**row, "meta": {"webhook": {"event": f"people.{kind}"}}}}) for row, kind in rows)
    by_webhook = [one for body in bodies for one in accepted(map_payload(body, replace(CONTEXT, received_at=NOW)))]
    alone = told(by_rest, "2026-11-25T12:00:00Z", f"livestorm:{ENDED}")
    assert (alone["registrations"], alone["visits_all"], alone["visits_30m"]) == (4, 2, 1)
    assert (alone["recording_views"], alone["walk_ins"], alone["completeness"]) == (1, 0, "final")
    for both in ([*by_webhook, *by_rest], [*by_rest, *reversed(by_webhook)]):
        assert told(both, "2026-11-25T12:00:00Z", f"livestorm:{ENDED}") == alone


def kinds_of(row: dict[str, dict[str, object]]) -> list[str]:
    came = row["attributes"]["registrant_detail"]["attended"]  # type: ignore[index]
    return [
        "registered",
        "attended" if came else "not_attended",
        *(["watched_replay"] if row["attributes"]["replay_view_detail"] else []),
    ]


def test_a_second_pass_says_nothing_and_asks_little_and_what_is_new_says_itself() -> None:
    with running(Fake(page_size=50)) as fake:
        kept = poll(fake)
        before, asked = len(kept.outbox.events), len(fake.requests)
        poll(fake, kept, NOW + HOUR)
        assert (len(kept.outbox.events), len(fake.requests)) == (before, asked + 1)
        fake.people[COMING].append(person(8, COMING))
        fake.sessions[1]["attributes"]["registrants_count"] = 2
        poll(fake, kept, NOW + 2 * HOUR)
        new = [one.type for one in kept.outbox.events[before:]]
    assert new == ["registration", "identity"]


def test_a_month_of_passes_stays_far_below_the_quota() -> None:
    kept = Kept()
    headers = {"Authorization": TOKEN}
    with (
        running(Fake(page_size=50)) as fake,
        Http("Livestorm", fake.url, headers=headers, requests_per_second=10_000) as http,
    ):
        one = LivestormPoll(LivestormClient(http), CONTEXT.secret, 15, settle_minutes=30)
        for now in range(NOW, NOW + DAY, 5 * MINUTE):
            one(kept.outbox, kept.cursors, now, Span(), lambda what, done, of: None)
        in_a_day = len(fake.requests)
    assert in_a_day * 30 < 10_000 / 3


def test_replays_are_followed_after_the_end_and_each_time_is_a_view() -> None:
    with running(Fake()) as fake:
        kept = poll(fake)
        row = fake.people[ENDED][4]["attributes"]
        row["replay_view_detail"] = {"watched_at": seconds("2026-11-26T08:00:00Z")}
        row["updated_at"] = seconds("2026-11-26T08:00:00Z")
        poll(fake, kept, NOW + DAY)
    views = [one for one in kept.outbox.events if isinstance(one, RecordingViewed)]
    assert [one.occurred_at // SECOND for one in views] == [
        seconds("2026-11-24T08:00:00Z"),
        seconds("2026-11-26T08:00:00Z"),
    ]


def test_attendance_counts_only_after_the_end_and_is_complete_once_it_has_settled() -> None:
    with running(Fake()) as fake:
        del fake.people[ENDED][4:]
        over = fake.sessions[0]["attributes"]
        over["ended_at"] = 0
        kept = poll(fake, now=parse_instant("2026-11-22T18:30:00Z"))
        assert kept.kinds()["summary"] == 0
        over["ended_at"] = seconds("2026-11-22T19:00:00Z")
        poll(fake, kept, parse_instant("2026-11-22T19:29:00Z"))
        # Read before it had settled: what came in between is not known to be there.
        poll(fake, kept, parse_instant("2026-11-22T19:45:00Z"))
        assert (kept.kinds()["summary"], complete(kept)) == (2, [])
        poll(fake, kept, parse_instant("2026-11-22T21:31:00Z"))
        poll(fake, kept, parse_instant("2026-11-22T22:31:00Z"))
    assert complete(kept) == [parse_instant("2026-11-22T21:31:00Z")]
    assert {one.total_seconds for one in kept.outbox.events if isinstance(one, Summary)} == {2712, 60}


def complete(kept: Kept) -> list[int]:
    return [one.completed_at for one in kept.outbox.events if isinstance(one, Webinar) and one.completed_at]


def test_people_of_a_session_that_looks_the_same_are_read_daily_and_a_week_after_its_end_weekly() -> None:
    def read(session: str, days: float) -> bool:
        before = len(fake.requests)
        poll(fake, kept, NOW + int(days * DAY))
        return any(one.endswith(f"{session}/people") for one in fake.requests[before:])

    with running(Fake(page_size=50)) as fake:
        kept = poll(fake)
        assert [read(COMING, days) for days in (0.9, 1, 1.9, 2)] == [False, True, False, True]
        # It ended 2.7 days before NOW.
        assert [read(ENDED, days) for days in (3, 4, 5, 6, 10.9, 11)] == [True, True, False, False, False, True]


def test_sessions_of_a_span_begin_in_it() -> None:
    begin = parse_instant("2025-11-22T18:00:00Z")
    timeless = session("se-timeless", "2025-11-22T18:00:00Z", estimated_started_at=0, created_at=0)
    with running(Fake(heeds_dates=False)) as fake:
        fake.sessions.append(timeless)
        for since, until, found in ((begin - DAY, begin, 0), (begin, begin + 1, 1), (begin + 1, begin + DAY, 0)):
            kept = poll(fake, span=Span(since, until))
            assert len({one.webinar_id for one in kept.outbox.events}) == found


def test_a_session_that_nobody_began_is_cancelled_once_its_time_is_past() -> None:
    with running(Fake(sessions=[session(COMING, "2026-11-24T18:00:00Z")])) as fake:
        kept = poll(fake, now=parse_instant("2026-11-23T18:00:00Z"))
        fake.sessions[0]["attributes"]["status"] = "past_not_started"
        poll(fake, kept)
    planned, gone = [one for one in kept.outbox.events if isinstance(one, Webinar)]
    assert (planned.status, gone.status) == ("scheduled", "cancelled")
    assert gone.occurred_at > planned.occurred_at


@pytest.mark.parametrize("fault", [429, 503, "cut", "close"])
def test_passing_trouble_changes_nothing(fault: int | str) -> None:
    with running(Fake()) as fake:
        calm = poll(fake)
        fake.faults = {len(fake.requests) + n: fault for n in range(0, 40, 2)}
        troubled = poll(fake)
    assert Counter(troubled.outbox.ids) == Counter(calm.outbox.ids)


def test_a_pass_that_is_cut_off_at_any_request_is_gone_on_with() -> None:
    with running(Fake()) as fake:
        whole = poll(fake)
        for number in range(len(fake.requests)):
            fake.requests.clear()
            fake.faults = {number: "close"}
            kept = Kept()
            with pytest.raises(ServiceError, match="does not answer"):
                poll(fake, kept, tries=1)
            kept.outbox.pending.clear()
            fake.faults = {}
            poll(fake, kept)
            assert Counter(kept.outbox.ids) == Counter(whole.outbox.ids), number


def test_somebody_who_leaves_a_list_while_it_is_read_hides_nobody() -> None:
    with running(Fake()) as fake:
        left = fake.people[ENDED][0]
        asked = [0]

        def leaves(number: int) -> None:
            if fake.requests[-1].endswith(f"{ENDED}/people"):
                asked[0] += 1
                if asked[0] == 2:
                    fake.people[ENDED].remove(left)

        fake.on_request = leaves
        kept = poll(fake)
    assert kept.kinds()["registration"] == 5
    assert asked[0] >= 4


def test_a_quota_that_is_used_up_is_said_in_one_line_at_once() -> None:
    with running(Fake(quota=2)) as fake, pytest.raises(ServiceError, match="quota is used up until") as error:
        poll(fake)
    assert len(fake.requests) == 3
    assert "\n" not in str(error.value)


def test_a_missing_scope_and_a_wrong_token_are_said_in_one_line() -> None:
    with running(Fake(may_read=False)) as fake, pytest.raises(ServiceError, match=r"may not read /sessions: .*scope"):
        poll(fake)
    with (
        running(Fake()) as fake,
        Http("Livestorm", fake.url, requests_per_second=1000) as http,
        pytest.raises(ServiceError, match=r"status 401\): is its key right"),
    ):
        LivestormClient(http).people(ENDED)


@pytest.mark.parametrize("heeds_dates", [True, False])
def test_a_backfill_reads_its_span_whole_and_again_and_leaves_the_pace(heeds_dates: bool) -> None:
    with running(Fake(heeds_dates=heeds_dates)) as fake:
        kept = poll(fake, minutes=15)
        polled_at, before = kept.cursors["polled_at"], len(kept.outbox.events)
        for _ in range(2):
            poll(fake, kept, NOW + MINUTE, YEAR_BEFORE, minutes=15)
    assert kept.cursors["polled_at"] == polled_at
    new = kept.outbox.events[before:]
    assert {one.webinar_id for one in new} == {f"livestorm:{OLD}"}
    assert len(new) == 2 * len({one.event_id for one in new})
    assert sum(isinstance(one, Summary) for one in new) == 2


def test_the_connector_opens_its_poll_and_one_of_two_ways_in_is_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CONNECTOR.open_poll is not None
    assert CONNECTOR.check is not None
    livestorm_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"^FUNNEL_LIVESTORM_API_TOKEN is not set"), CONNECTOR.open_poll():
        pass
    with running(Fake()) as fake:
        said = {"LIVESTORM_API_TOKEN": TOKEN, "LIVESTORM_BASE_URL": fake.url, "HASH_SECRET": CONTEXT.secret}
        for name, value in {**said, "LIVESTORM_REQUESTS_PER_SECOND": "1000"}.items():
            monkeypatch.setenv(f"FUNNEL_{name}", value)
        livestorm_settings.cache_clear()
        connector_settings.cache_clear()
        CONNECTOR.configured()
        kept = Kept()
        with CONNECTOR.open_poll() as one:
            one(kept.outbox, kept.cursors, NOW, Span(), lambda what, done, of: None)
        assert CONNECTOR.check().startswith("Livestorm: the token may read, ")
    assert kept.kinds()["summary"] == 2
    livestorm_settings.cache_clear()
    connector_settings.cache_clear()
