"""Every named message file through the workers' own decoder: `<topic>/<case>.json` are events,
`dead-letters/<topic>/<reason>--<case>.json` are dead letters for that reason (docs/contract.md)."""

from pathlib import Path

import pytest

from contract.decode import DeadLetter, Reason, decode
from contract.events import EVENT, encode
from contract.instants import parse_instant
from contract.topics import EVENT_TOPICS, Topic

HERE = Path(__file__).parent
WRITTEN_AT = parse_instant("2026-11-22T19:00:00.000Z")


def files(*folder: str) -> list[tuple[Topic, Path]]:
    return [(topic, file) for topic in EVENT_TOPICS for file in sorted(HERE.joinpath(*folder, topic.name).iterdir())]


def name(value: object) -> str:
    return value.stem if isinstance(value, Path) else ""


@pytest.mark.parametrize(("topic", "file"), files(), ids=name)
def test_event_is_read_and_survives_writing(topic: Topic, file: Path) -> None:
    event = decode(file.read_bytes(), topic, WRITTEN_AT)
    assert not isinstance(event, DeadLetter), event
    assert EVENT.validate_json(encode(event)) == event


@pytest.mark.parametrize(("topic", "file"), files("dead-letters"), ids=name)
def test_dead_letter_has_the_reason_of_its_name(topic: Topic, file: Path) -> None:
    letter = decode(file.read_bytes(), topic, WRITTEN_AT)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == file.name.split("--")[0]
    assert "@" not in letter.detail


def test_every_reason_has_an_example() -> None:
    assert {file.name.split("--")[0] for _, file in files("dead-letters")} == set(Reason)
