"""The pure parts of the demo; the whole of it is run by `.ci/run`."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from rich.console import Console

from alerts.messages import Message
from connectors.mapped import Context
from connectors.simulator.day import Delivery, Post
from connectors.simulator.history import BEFORE_THE_LAUNCH, History, history
from connectors.simulator.present import present
from connectors.simulator.registering import NEW_SOURCE
from contract.client_id import worker_client_id, worker_pid
from contract.decode import DeadLetter, decode
from contract.instants import DAY, HOUR, MINUTE, SECOND, parse_instant
from contract.topics import ALL_TOPICS, TOPIC_OF_TYPE
from funnel.demo import alerts
from funnel.demo.__main__ import _stack
from funnel.demo.links import links
from funnel.demo.live import Pace
from funnel.demo.owner import owner_pid
from funnel.demo.place import demo_settings, write_environment
from funnel.demo.script import LIVE_SPEED, SEED, Script, distinct_events, last_line, objections, records_of, script
from funnel.report.verify import Mismatch, Result
from funnel.stack.errors import ChildError
from funnel.stack.ports import is_free
from funnel.stack.private import with_passwords
from streams.settings import Settings

SECRET = "a secret of the tests"
NOW = parse_instant("2026-11-22T00:00:00.000Z")
TOPICS = {topic.name: topic for topic in ALL_TOPICS}


@pytest.fixture(scope="module")
def played() -> Script:
    return script(NOW, SECRET, registrants=200)


@pytest.fixture
def environment() -> Iterator[None]:
    """Puts the environment back, which the demo makes its own."""
    with patch.dict(os.environ):
        yield


@pytest.mark.parametrize("time_of_day", [0, 11 * HOUR, DAY - 1])
def test_the_day_is_over_and_its_webinars_final(time_of_day: int) -> None:
    now = NOW + time_of_day
    day = script(now, SECRET, registrants=50)
    assert day.after[-1].at < now
    assert day.starts_at + 28 * HOUR < now


def test_the_parts_follow_each_other_and_the_kill_is_within_the_live_one(played: Script) -> None:
    parts = [played.before, played.live, played.after]
    times = [delivery.at for part in parts for delivery in part]
    assert all(parts)
    assert times == sorted(times)
    assert played.live[0].at < played.kill_at < played.live[-1].at
    assert len(played.arrivals) == len(times)
    assert 0 < played.posts < len(times)


def test_what_is_expected_is_what_the_workers_will_read(played: Script) -> None:
    kept, dead = [], 0
    for arrival in played.arrivals:
        for value in records_of(arrival, played.webinar_id, Context(SECRET, NOW)):
            topic = TOPIC_OF_TYPE[json.loads(value)["type"]] if isinstance(arrival, Post) else TOPICS[arrival.topic]
            if isinstance(decode(value, topic, NOW), DeadLetter):
                dead += 1
            else:
                kept.append(value)
    assert played.dead_letters == dead > 0
    assert played.events == distinct_events(kept) < len(kept)


def test_a_repeat_is_no_other_event() -> None:
    first = b'{"event_id":"a","received_at":"2026-11-22T18:00:00.000Z","kind":"joined"}'
    again = b'{"kind":"joined","event_id":"a","received_at":"2026-11-22T18:05:00.000Z"}'
    other = b'{"kind":"left","event_id":"a","received_at":"2026-11-22T18:00:00.000Z"}'
    assert distinct_events([first, again, other]) == 2


def test_nothing_is_wrong_with_a_good_result(played: Script) -> None:
    good = Result(at=NOW, webinars=6, persons=7, events=9, dead_letters=played.dead_letters)
    assert objections(good, played, played.events) == []
    assert last_line(replace(good, dead_letters=5)) == "demo ok: events=9 persons=7 dead_letters=5 mismatches=0"


def test_each_thing_that_is_wrong_is_named(played: Script) -> None:
    mismatches = [Mismatch("sim:1", None, f"visits_{n}", 1, 2) for n in range(12)]
    bad = Result(at=NOW, dead_letters=played.dead_letters - 1, mismatches=mismatches)
    found = objections(bad, played, played.events - 1)
    assert found[0] == "sim:1: visits_0 says 1, should be 2"
    assert found[10] == "… and 2 more mismatches"
    assert f"holds {played.events - 1:,} events" in found[11]
    assert found[12] == f"{played.dead_letters - 1} dead letters, {played.dead_letters} broken records were sent"


def member(pid: int, partitions: list[int]) -> dict[str, object]:
    """As kafka-python's describe_groups gives it."""
    assigned = [
        {"topic": topic, "partitions": partitions} for topic in ("webinar.webinars.v1", "webinar.attendance.v1")
    ]
    return {"client_id": worker_client_id(pid), "member_assignment": {"assigned_partitions": assigned}}


def test_the_owner_is_the_member_that_has_the_partition() -> None:
    members = [member(11, [0, 2, 4]), member(12, [1, 3, 5])]
    assert owner_pid(members, 3) == 12
    assert owner_pid(members, 4) == 11
    assert owner_pid(members, 7) is None


def test_while_workers_come_and_go_nobody_is_the_owner() -> None:
    assert owner_pid([{"client_id": worker_client_id(11), "member_assignment": b""}], 3) is None


def test_only_a_workers_client_id_names_a_process() -> None:
    assert worker_pid(worker_client_id(4711)) == 4711
    assert worker_pid("webinar-funnel-publisher") is None
    assert worker_pid("4711") is None


def test_the_place_is_the_demos_own_whatever_the_environment_says(tmp_path: Path, environment: None) -> None:
    for name in ("KAFKA_BOOTSTRAP", "CLICKHOUSE_HOST", "EPOCH", "DATA_DIR", "HASH_SECRET"):
        os.environ[f"FUNNEL_{name}"] = "7"
    settings = demo_settings(tmp_path)
    assert (settings.data_dir, settings.clickhouse_host, settings.epoch) == (tmp_path, "127.0.0.1", 0)
    assert is_free(settings.clickhouse_port)
    assert with_passwords(settings) is settings, "none in its folder, which would be others"
    written = write_environment(settings)
    assert f"export FUNNEL_KAFKA_BOOTSTRAP={settings.kafka_bootstrap}\n" in written.read_text()
    assert written.stat().st_mode & 0o077 == 0


def test_a_busy_port_is_avoided(tmp_path: Path, environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funnel.demo.place.is_free", lambda port: port != 8123)
    settings = demo_settings(tmp_path)
    assert settings.kafka_bootstrap == "127.0.0.1:9092"
    assert settings.clickhouse_port != 8123


@pytest.fixture(scope="module")
def before() -> History:
    return history(parse_instant("2026-11-20T18:00:00.000Z"), SEED)


@pytest.fixture
def alert(before: History) -> Message:
    text = f"… '{NEW_SOURCE}'\nmore"
    return Message("1", before.launched, before.launched, "drop", True, NOW, "Attendance below typical: Data", text, "")


def test_the_source_is_launched_in_the_middle_of_the_history_and_hardly_any_of_its_people_come(
    before: History,
) -> None:
    values = [json.loads(one.value) for one in before.arrivals if isinstance(one, Delivery)]
    launched = [one for one in values if (one.get("source") or {}).get("utm_source") == NEW_SOURCE]
    assert {one["webinar_id"] for one in launched} == set(before.webinar_ids[BEFORE_THE_LAUNCH:])
    assert 5 <= BEFORE_THE_LAUNCH < len(before.webinar_ids) - 5
    people = {(one["webinar_id"], one["person_id"]) for one in launched}
    came = {(one["webinar_id"], one["person_id"]) for one in values if one.get("kind") == "joined"}
    assert len(people & came) < 0.1 * len(people)
    assert before.arrivals[-1].at < parse_instant("2026-11-20T18:00:00.000Z")


def test_the_date_changes_no_number_of_the_history(before: History) -> None:
    later = history(parse_instant("2027-03-28T18:00:00.000Z"), SEED)
    assert len(later.arrivals) == len(before.arrivals)
    assert later.arrivals[-1].at - later.arrivals[0].at == before.arrivals[-1].at - before.arrivals[0].at


def test_the_alert_has_to_name_the_new_source_first_and_to_come_with_its_first_webinar(
    before: History, alert: Message
) -> None:
    assert alerts.objection([alert], before) is None
    assert alerts.objection([], before) == f"no alert reports that hardly anybody of {NEW_SOURCE} came"
    early = alert._replace(webinar_id=before.webinar_ids[2])
    assert "the first alert is about" in (alerts.objection([early, alert], before) or "")
    unnamed = alert._replace(text=f"all sources fell alike\n{NEW_SOURCE}")
    assert alerts.objection([unnamed], before) == (
        f"the alert does not name {NEW_SOURCE} first: all sources fell alike"
    )


def test_the_alert_is_shown_as_people_get_it(alert: Message) -> None:
    assert alerts.lines([alert, alert]) == [
        f"No alert in the {BEFORE_THE_LAUNCH} webinars before. Sun 22 Nov 2026, 00:00 UTC:",
        "Attendance below typical: Data",
        f"  … '{NEW_SOURCE}'",
        "  more",
        "… and 1 more about the webinars that followed",
    ]


def test_a_slow_machine_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 101.0, 110.0])
    monkeypatch.setattr("funnel.demo.live.time.monotonic", lambda: next(clock))
    pace = Pace(first=0)
    a_second_later = int(SECOND * LIVE_SPEED)
    assert [pace.is_late(at) for at in (MINUTE, MINUTE + a_second_later, MINUTE + 2 * a_second_later)] == [
        False,
        False,
        True,
    ]


def test_the_kept_demo_says_four_pages_to_open_with_a_sentence_each() -> None:
    now = parse_instant("2026-11-22T13:05:00.000Z")
    said = links("http://127.0.0.1:3010", present(now, SEED)).splitlines()
    assert [line.strip().partition("?")[0] for line in said[::2]] == [
        f"http://127.0.0.1:3010/d/{uid}" for uid in ("today", "on-now", "webinar", "sources")
    ]
    assert "live until 13:48 UTC" in said[3]
    assert all(line.endswith(".[/]") for line in said[1::2])


def test_nothing_of_a_demo_that_did_not_come_up_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    down: list[Settings] = []

    def late(*_: object) -> None:
        raise ChildError("worker-1", "worker-1 was not ready within 180 s")

    monkeypatch.setattr("funnel.demo.__main__.signal.signal", lambda *_: None)
    monkeypatch.setattr("funnel.demo.__main__.clear", lambda _: False)
    monkeypatch.setattr("funnel.demo.__main__.commands.up", late)
    monkeypatch.setattr("funnel.demo.__main__.commands.down", down.append)
    settings = Settings(_env_file=None, data_dir=tmp_path)
    with pytest.raises(ChildError), _stack(settings, Console(quiet=True), keep=True):
        pass
    assert down == [settings]
