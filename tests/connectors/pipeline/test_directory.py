"""The directory is a function of the statements, not of their order."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.pipeline.directory import KnownWebinars, learn
from connectors.pipeline.state import State
from connectors.toolkit.content_id import event_of
from contract.events import Webinar
from contract.instants import HOUR, format_instant

NOON = 1_795_348_800_000

statements = st.builds(
    lambda at, authority, starts, started, status, series: statement(
        occurred_at=format_instant(NOON + at),
        authority=authority,
        starts_at=starts and format_instant(NOON + starts * HOUR),
        started_at=started and format_instant(NOON + started),
        status=status,
        service=series and {"series_id": series},
    ),
    st.integers(0, 3),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 1]),
    st.sampled_from([None, "scheduled", "cancelled"]),
    st.sampled_from([None, "zoom:a", "zoom:b"]),
)


def statement(**said: object) -> Webinar:
    content = {"type": "webinar", "webinar_id": "zoom:1", "platform": "zoom", "occurred_at": format_instant(NOON)}
    event = event_of({**content, **said}, NOON, "zoom")
    assert isinstance(event, Webinar)
    return event


def learnt(events: list[Webinar]) -> list[tuple[object, ...]]:
    with TemporaryDirectory() as folder, State(Path(folder)) as state:
        for one in events:
            learn(state, [one])
        return state.rows("SELECT series_id, starts_at, status, starts_said FROM webinars")


@settings(max_examples=25)
@given(st.lists(statements, max_size=4).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_order_and_repetition_change_nothing(both: tuple[list[Webinar], list[Webinar]]) -> None:
    first, second = both
    assert learnt(first) == learnt([*second, *first])


def test_the_plan_beats_the_actual_start_and_the_latest_plan_the_earlier(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        known = KnownWebinars(state)
        series = {"series_id": "zoom:a"}
        learn(state, [statement(started_at=format_instant(NOON + 7), service=series)])
        assert known.refresh().of_series("zoom:a") == [(NOON + 7, "zoom:1")]
        learn(state, [statement(starts_at=format_instant(NOON + HOUR))])
        assert known.refresh().of_series("zoom:a") == [(NOON + HOUR, "zoom:1")]


def test_what_says_nothing_new_gives_nothing_to_look_at(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        known = KnownWebinars(state)
        learn(state, [statement(starts_at=format_instant(NOON), title="a")])
        known.refresh()
        seen = known.seen
        learn(state, [statement(starts_at=format_instant(NOON), title="b", occurred_at=format_instant(NOON + 5))])
        known.refresh()
        assert known.seen == seen
