"""What Kafka and ClickHouse say of each other when one has lost its data. Real tables: test_create_topics.py."""

import dataclasses

import pytest

from contract.topics import ATTENDANCE, EVENT_TOPICS, IDENTITIES, WEBINARS
from streams.epoch import Held, LostError, refuse_lost_data, refuse_lost_topics

NAMES = [topic.name for topic in EVENT_TOPICS]
ENDS = {(WEBINARS.name, 0): 10, (ATTENDANCE.name, 1): 20}
HELD = Held(
    ends=ENDS,
    topics=frozenset({WEBINARS.name, ATTENDANCE.name}),
    events=28,
    letters=2,
    webinars=3,
    persons=9,
    epochs=frozenset({0}),
)


def having(**others: object) -> Held:
    return dataclasses.replace(HELD, **others)  # type: ignore[arg-type]


def test_topics_may_be_made_where_nothing_is_held_or_in_a_new_epoch() -> None:
    refuse_lost_topics(NAMES, Held(), epoch=0)
    refuse_lost_topics(NAMES, HELD, epoch=1)
    refuse_lost_topics([IDENTITIES.name], HELD, epoch=0)  # a new one of a new version: no record came from there


@pytest.mark.parametrize("epochs", [{0}, {0, 3}])
def test_topics_that_records_came_from_are_not_made_again(epochs: set[int]) -> None:
    with pytest.raises(
        LostError, match=rf"ClickHouse holds what came from there: .* set FUNNEL_EPOCH={max(epochs) + 1} in .env"
    ):
        refuse_lost_topics(NAMES, having(epochs=frozenset(epochs)), epoch=max(epochs))


def test_rows_without_a_raw_log_came_from_any_topic() -> None:
    held = having(ends={}, topics=frozenset(), events=0, letters=0)
    with pytest.raises(LostError, match="does not have the topic"):
        refuse_lost_topics([IDENTITIES.name], held, epoch=0)


def test_a_worker_goes_on_where_all_fits() -> None:
    refuse_lost_data({}, {}, Held(), epoch=0)
    refuse_lost_data(ENDS, ENDS, HELD, epoch=0)
    refuse_lost_data({}, ENDS, HELD, epoch=0)  # another group begins at the beginning
    refuse_lost_data({}, ENDS, Held(ends={(WEBINARS.name, 0): 1}, events=1), epoch=0)  # died in its first batch
    letters = {(ATTENDANCE.name, 0): 2}
    refuse_lost_data(letters, letters, Held(ends=letters, letters=2), epoch=0)
    refuse_lost_data({(WEBINARS.name, 0): 10}, ENDS, having(topics=frozenset({WEBINARS.name}), persons=0), epoch=0)
    refuse_lost_data(ENDS, dict.fromkeys(ENDS, 0), HELD, epoch=1)
    refuse_lost_data(ENDS, dict.fromkeys(ENDS, 0), having(epochs=frozenset({0, 1})), epoch=1)


@pytest.mark.parametrize(
    ("held", "lost"),
    [
        (Held(), "raw log"),
        (having(ends={}, events=0, letters=0), "raw log"),
        (having(webinars=0, persons=0, epochs=frozenset()), "row of a webinar"),
        (having(persons=0), "row of a person"),
    ],
)
def test_a_worker_whose_rows_are_gone_does_not_go_on(held: Held, lost: str) -> None:
    with pytest.raises(LostError, match=rf"committed 30 records, but ClickHouse has no {lost}.* funnel rebuild"):
        refuse_lost_data(ENDS, ENDS, held, epoch=0)


def test_a_worker_does_not_go_on_with_topics_that_begin_anew() -> None:
    with pytest.raises(LostError, match=r"ends at 19 in partition 1, .* up to 20: .* set FUNNEL_EPOCH=1"):
        refuse_lost_data({}, ENDS | {(ATTENDANCE.name, 1): 19}, HELD, epoch=0)
