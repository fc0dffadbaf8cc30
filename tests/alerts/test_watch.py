"""One evaluation of the store as `funnel alerts watch` makes it: what it writes, and that it says nothing twice."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts import watch as module
from alerts.detection.settings import DropSettings
from alerts.evaluate import Evaluation, Outcome
from alerts.messages import Message
from alerts.read import Reader
from alerts.settings import AlertSettings
from alerts.store import AlertStore
from alerts.watch import look, watch
from alerts.workers import UNKNOWN, Workers
from contract.instants import FAR_FUTURE, HOUR, MINUTE
from process.heartbeat import Heartbeat
from process.meters import counter
from tests.alerts import world
from tests.alerts.conftest import Database
from tests.scraped import value_of
from tests.servers.inbox import http_inbox, mail_inbox

TABLES = ("alarm_states", "findings", "alert_messages", "alert_deliveries", "alert_runs")


@pytest.fixture
def clean(dropped: Database) -> Iterator[Database]:
    """Nothing of it stays: the other tests share the database."""
    _empty(dropped)
    yield dropped
    _empty(dropped)


def test_a_drop_is_written_once_and_a_new_process_goes_on_where_the_last_one_ended(clean: Database) -> None:
    reader, settings = Reader(clean.client), DropSettings()
    for minute in range(11, 16):
        # As a process that is started anew before each evaluation.
        store = AlertStore(clean.client)
        outcome, webinars = look(
            reader,
            store,
            world.T0 + minute * MINUTE,
            (store.stored(), store.unusual()),
            settings,
            14,
        )
        assert webinars == 2
    (message,) = AlertStore(clean.client).messages(world.T0)
    assert (message.kind, message.subject, message.created_at) == ("drop", world.TODAY, world.T0 + 13 * MINUTE)
    (finding,) = AlertStore(clean.client).unusual().values()
    assert finding.kind == "drop"
    assert (finding.webinar_id, finding.since, finding.until) == (world.TODAY, message.created_at, FAR_FUTURE)
    assert AlertStore(clean.client).stored() == outcome.stored


def test_what_is_no_longer_looked_at_is_over(clean: Database) -> None:
    reader, store, settings = Reader(clean.client), AlertStore(clean.client), DropSettings()
    at_once = settings.model_copy(update={"evaluations_to_raise": 1})
    outcome, _ = look(reader, store, world.T0 + 12 * MINUTE, ({}, {}), at_once, 14)
    assert sorted(one.kind for one in store.unusual().values()) == ["drop"]
    late = world.T0 + 72 * HOUR
    _, webinars = look(reader, store, late, (outcome.stored, outcome.unusual), at_once, 14)
    assert webinars == 0
    assert store.unusual() == {}
    until = clean.client.query("SELECT until FROM findings FINAL").result_rows
    assert [row[0] for row in until] == [late]


class Rounds:
    """`funnel alerts watch` in this process, stopped after so many rounds."""

    def __init__(self, database: Database, unread: int, monkeypatch: pytest.MonkeyPatch, **alerting: Any) -> None:
        monkeypatch.setattr(Workers, "unread", lambda _: unread)
        self._config = database.config
        self.alerting = AlertSettings(_env_file=None, evaluate_seconds=0.05, digest_at="", weekly_at="", **alerting)
        self.said: list[str] = []
        self.heart = Heartbeat(None)

    def run(self, folder: Path, rounds: int = 1) -> None:
        stop, left = threading.Event(), iter(range(rounds - 1, -1, -1))

        def now() -> int:
            if next(left) == 0:
                stop.set()
            return world.T0 + 12 * MINUTE

        watch(self._config, self.alerting, folder, self.said.append, stop, now, self.heart)


POISON = Message("m1", "zoom:1", "zoom:1", "drop", True, world.T0, "SQL\nin an hour", "one\u2028two", "")


def test_a_title_with_a_line_break_ends_nothing(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AlertStore(clean.client).add_messages([POISON, POISON._replace(message_id="m2", subject="zoom:2", title="fine")])
    with mail_inbox() as mailbox:
        config = {"email_to": "a@example.com", "smtp_port": mailbox.port, "smtp_security": "none"}
        rounds = Rounds(clean, -1, monkeypatch, **config)
        rounds.run(tmp_path, 3)
        rounds.run(tmp_path)
    assert [str(mail["Subject"]) for mail in mailbox.mails] == ["SQL in an hour", "fine"]


def _evaluations(result: str) -> float:
    return value_of(counter("funnel_evaluations_total").collect(), "funnel_evaluations_total", result=result)


def test_an_evaluation_that_fails_is_told_once_and_keeps_no_message_back(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AlertStore(clean.client).add_messages([POISON])
    with http_inbox() as inbox:
        rounds = Rounds(clean, 0, monkeypatch, slack_webhook_url=inbox.address)
        monkeypatch.setattr(Evaluation, "run", lambda *_: int("a\nb"))
        before = _evaluations("failed")
        rounds.run(tmp_path, 3)
        assert _evaluations("failed") == before + 3
        assert len(inbox.posted) == 1
        assert rounds.heart.failing == {"evaluation": "ValueError: invalid literal for int() with base 10: 'a\\nb'"}
        monkeypatch.undo()
        monkeypatch.setattr(Workers, "unread", lambda _: 0)
        rounds.run(tmp_path)
    assert rounds.heart.failing == {}
    lines = [line for line in rounds.said if "topic" not in line and not line.startswith("sent")]
    assert lines == ["evaluation: ValueError: invalid literal for int() with base 10: 'a\\nb'. It is tried again."]


def test_a_state_that_cannot_be_read_is_forgotten(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean.client.command(
        "INSERT INTO alarm_states SELECT 'zoom:today', s, 1, now64(3) FROM (SELECT arrayJoin(['[1, 2]', '{']) AS s)"
    )
    rounds = Rounds(clean, 0, monkeypatch)
    rounds.run(tmp_path)
    assert rounds.heart.failing == {}


def test_a_pause_between_two_rounds_is_no_lack_of_progress(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds(clean, 0, monkeypatch)
    alerting = rounds.alerting.model_copy(update={"evaluate_seconds": 600.0})
    beats: list[str] = []
    stop = threading.Event()

    def beat(_: Heartbeat, doing: str = "", within: float = 0.0) -> None:
        beats.append(doing)
        if beats[-2:] == ["", ""]:
            stop.set()

    monkeypatch.setattr(Heartbeat, "beat", beat)
    watch(clean.config, alerting, tmp_path, rounds.said.append, stop, lambda: world.T0, Heartbeat(None, every=0.01))
    assert beats[:4] == ["connecting", "evaluating", "making the summaries", "sending messages"]
    assert beats[-2:] == ["", ""]


def test_servers_that_were_away_are_asked_again_soon(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def pause(_: Heartbeat, seconds: float, stop: threading.Event) -> None:
        pauses.append(seconds)
        stop.set()

    monkeypatch.setattr(Heartbeat, "pause", pause)
    away = Database(clean.config.model_copy(update={"clickhouse_port": 1}), clean.client)
    for one in (away, clean):
        rounds = Rounds(one, 0, monkeypatch)
        alerting = rounds.alerting.model_copy(update={"evaluate_seconds": 600.0})
        watch(one.config, alerting, tmp_path, rounds.said.append, threading.Event(), lambda: world.T0, rounds.heart)
    assert pauses[0] <= 10 < pauses[1] <= 600


def test_servers_that_are_away_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: Database) -> None:
    away = Database(clean.config.model_copy(update={"clickhouse_port": 1}), clean.client)
    rounds = Rounds(away, 0, monkeypatch)
    stop = threading.Event()

    def said(text: str) -> None:
        rounds.said.append(text)
        stop.set()

    watch(away.config, rounds.alerting, tmp_path, said, stop, lambda: world.T0, rounds.heart)
    (line,) = rounds.said
    assert line.startswith("servers: ClickHouse does not answer")


@pytest.mark.parametrize(
    ("unread", "why"),
    [
        (1234, "off while the workers are 1,234 records behind: nothing is judged"),
        (UNKNOWN, "off while Kafka does not say how far the workers are: nothing is judged"),
    ],
)
def test_that_it_is_off_while_workers_lag_is_said_once_and_shown_all_the_time(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unread: int, why: str
) -> None:
    rounds = Rounds(clean, unread, monkeypatch)
    rounds.run(tmp_path, 2)
    assert rounds.said == [f"evaluation: {why}. It is tried again."]
    assert rounds.heart.failing == {"evaluation": why}
    assert AlertStore(clean.client).messages(0) == []


def test_a_minute_is_judged_once_what_services_say_of_it_has_come(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []

    def looks(reader: Reader, store: AlertStore, at: int, *more: object, **others: object) -> tuple[Outcome, int]:
        judged.append(at)
        return Outcome(), 0

    monkeypatch.setattr(module, "look", looks)
    Rounds(clean, 0, monkeypatch).run(tmp_path)
    assert judged == [world.T0 + 11 * MINUTE]


def _never(at: int, webinars: object) -> bool:
    return False


def _empty(database: Database) -> None:
    for table in TABLES:
        database.client.command(f"TRUNCATE TABLE {table}")
