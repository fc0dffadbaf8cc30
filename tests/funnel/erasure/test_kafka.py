"""funnel/erasure/kafka.py, its pure part: where it is said that somebody is forgotten."""

from connectors.pipeline import following
from contract.topics import ATTENDANCE, IDENTITIES, REGISTRATIONS
from funnel.erasure.kafka import _said_on


def test_other_machines_hear_of_it_although_kafka_holds_nothing_of_the_person_any_more() -> None:
    assert set(_said_on(3, [])) & set(following._TOPICS)
    assert set(_said_on(3, [(IDENTITIES.name, 3)])) & set(following._TOPICS)


def test_it_is_said_once_on_each_topic_that_holds_records_of_that_partition() -> None:
    held = [(ATTENDANCE.name, 3), (REGISTRATIONS.name, 3), (IDENTITIES.name, 4)]
    assert _said_on(3, held) == [REGISTRATIONS.name, ATTENDANCE.name]
