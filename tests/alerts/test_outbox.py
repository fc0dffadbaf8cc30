"""Each message reaches each channel once: through failures, mute times and restarts."""

import pytest
from clickhouse_connect.driver.client import Client

from alerts.channels import Channel, DeliveryError, UnsendableError
from alerts.messages import Message
from alerts.outbox import Outbox, Skip, due
from alerts.store import AlertStore
from contract.instants import HOUR, MINUTE
from tests.alerts import world
from tests.alerts.conftest import Database

KINDS = ("drop", "empty_room")
T = world.T0


def message(number: int, raised: bool = True, kind: str = "drop", subject: str = "zoom:1", at: int = T) -> Message:
    return Message(f"m{number}", subject, subject, kind, raised, at + number, f"title {number}", "text", '{"n": 1}')


@pytest.fixture
def store(dropped: Database) -> AlertStore:
    for table in ("alert_messages", "alert_deliveries"):
        dropped.client.command(f"TRUNCATE TABLE {table}")
    return AlertStore(dropped.client)


def test_what_has_changed_again_meanwhile_is_overtaken() -> None:
    messages = [message(1), message(2, raised=False)]
    wanted, skipped = due(messages, {}, "slack", KINDS)
    assert wanted == []
    assert skipped == [Skip(messages[0], "overtaken"), Skip(messages[1], "its beginning was never said")]
    said = {("m1", "slack"): ("sent", 1)}
    assert due(messages, said, "slack", KINDS) == ([messages[1]], [])


def test_an_end_is_told_where_no_beginning_is_known_to_have_been_left_out() -> None:
    messages = [message(1, raised=False), message(2, raised=False, kind="empty_room")]
    assert due(messages, {}, "slack", KINDS) == ([messages[1]], [Skip(messages[0], "overtaken")])


def test_programs_get_every_change_and_people_what_they_want() -> None:
    messages = [message(1), message(2, raised=False), message(3, kind="standout", subject="zoom:2")]
    assert due(messages, {}, "topic", KINDS) == (messages, [])
    wanted, skipped = due(messages[2:], {}, "slack", KINDS)
    assert (wanted, [one.why for one in skipped]) == ([], ["not wanted (FUNNEL_ALERT_KINDS)"])


def test_a_message_is_sent_once_also_after_a_restart(store: AlertStore) -> None:
    sent: list[str] = []
    ways = [Channel("slack", lambda one: sent.append(one.title))]
    store.add_messages([message(1)])
    for _ in range(2):
        outbox = Outbox(store, ways, KINDS, lambda _: None)
        outbox.deliver(T + MINUTE, muted=False)
        outbox.deliver(T + 2 * MINUTE, muted=False)
    assert sent == ["title 1"]


def test_a_failure_is_told_and_tried_again_with_growing_pauses(store: AlertStore) -> None:
    tries: list[int] = []
    said: list[str] = []

    def refuse(_: Message) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise DeliveryError("Slack answered with status 500")

    store.add_messages([message(1)])
    outbox = Outbox(store, [Channel("slack", refuse)], KINDS, said.append)
    for minute in range(8):
        outbox.deliver(T + minute * MINUTE, muted=False)
    assert len(tries) == 3
    assert said == ["not sent to slack: Slack answered with status 500. It is tried again."] * 2 + [
        "sent to slack: title 1"
    ]


def test_the_longest_pause_is_half_an_hour(store: AlertStore) -> None:
    tries: list[int] = []

    def refuse(_: Message) -> None:
        tries.append(1)
        raise DeliveryError("Slack answered with status 500")

    store.add_messages([message(1)])
    store.write_delivery("m1", "slack", "failed", 20, "")
    outbox = Outbox(store, [Channel("slack", refuse)], KINDS, lambda _: None)
    for minute in (0, 29, 30):
        outbox.deliver(T + minute * MINUTE, muted=False)
    assert len(tries) == 2


def test_a_message_that_cannot_be_sent_is_set_aside_and_the_next_one_goes_out(store: AlertStore) -> None:
    sent: list[str] = []
    said: list[str] = []

    def send(one: Message) -> None:
        if one.message_id == "m1":
            raise UnsendableError("Slack answered with status 413")
        sent.append(one.title)

    store.add_messages([message(1), message(2, subject="zoom:2")])
    for _ in range(2):  # The second one stands for a restart.
        outbox = Outbox(store, [Channel("slack", send)], KINDS, said.append)
        outbox.deliver(T + MINUTE, muted=False)
        outbox.deliver(T + HOUR, muted=False)
    assert sent == ["title 2"]
    assert said == ["set aside, not for slack: Slack answered with status 413: title 1", "sent to slack: title 2"]
    assert store.deliveries(T)["m1", "slack"] == ("unsendable", 1)


def test_whatever_a_channel_raises_stays_with_its_message(store: AlertStore) -> None:
    sent: list[str] = []
    said: list[str] = []

    def send(one: Message) -> None:
        if one.message_id == "m1":
            raise ValueError("Header values may not contain\nlinefeed")
        sent.append(one.title)

    store.add_messages([message(1), message(2, subject="zoom:2")])
    for minute in range(8):
        outbox = Outbox(store, [Channel("email", send)], KINDS, said.append)
        outbox.deliver(T + minute * HOUR, muted=False)
    assert sent == ["title 2"]
    fault = "ValueError: Header values may not contain linefeed"
    assert said == [
        f"not sent to email: {fault}. It is tried again.",
        "sent to email: title 2",
        f"not sent to email: {fault}. It is tried again.",
        f"set aside, not for email: {fault}: title 1",
    ]


def test_while_it_is_muted_only_programs_hear_of_it_and_people_afterwards(store: AlertStore) -> None:
    sent: list[tuple[str, str]] = []
    ways = [
        Channel(name, lambda one, name=name: sent.append((name, one.title)))  # type: ignore[misc]
        for name in ("topic", "slack")
    ]
    outbox = Outbox(store, ways, KINDS, lambda _: None)
    store.add_messages([message(1)])
    outbox.deliver(T + MINUTE, muted=True)
    assert sent == [("topic", "title 1")]
    outbox.deliver(T + HOUR, muted=False)
    assert sent == [("topic", "title 1"), ("slack", "title 1")]


def test_the_same_change_made_twice_within_minutes_is_one_message(store: AlertStore, dropped: Database) -> None:
    store.add_messages([message(1)])
    store.add_messages([message(2)])
    assert count(dropped.client) == 1
    store.add_messages([message(3, raised=False)])
    assert count(dropped.client) == 2


def count(client: Client) -> int:
    return int(client.query("SELECT count() FROM alert_messages FINAL").result_rows[0][0])
