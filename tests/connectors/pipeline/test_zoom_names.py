"""As many webinars as occurrences, in whatever order webhooks, polls and reports tell of them."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import pytest

from connectors.pipeline.quarantine import Quarantined, quarantined
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.state import State
from connectors.pipeline.zoom_names import Kind, Names
from connectors.zoom.occurrence import PLANNED, SINGLE, webinar_id
from contract.decode import DeadLetter, decode
from contract.events import EVENT, Event
from contract.instants import DAY, HOUR, MINUTE, format_instant, parse_instant
from contract.topics import TOPIC_OF_TYPE

DAY1 = parse_instant("2026-11-12T08:00:00.000Z")
DAY2 = DAY1 + DAY
NUMBER = "1234567890"
PLAIN, FIRST, SECOND = f"zoom:{NUMBER}", f"zoom:{NUMBER}:2026-11-12", f"zoom:{NUMBER}:2026-11-13"
PARIS, LOS_ANGELES = "Europe/Paris", "America/Los_Angeles"


class Place:
    """A folder of data, used by a webhook server and by imports, each with a connection of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._server, self._importer = State(folder), State(folder)
        self._resolver = Resolver(self._server, folder)
        self._names = Names(self._importer)

    def close(self) -> None:
        self._server.close()
        self._importer.close()

    def zoom(self, *events: Event) -> list[str]:
        """What a webhook or a poll tells; the names under which it is published."""
        records = self._resolver.resolve([Arrival("zoom", event, event.received_at) for event in events])
        return [str(record.key, "ascii") for record in records if record.key is not None]

    def held(self) -> list[Quarantined]:
        return quarantined(self._server, 10)

    def report(self, start: int, timezone: str = PARIS, kind: Kind | None = None) -> str:
        return self._names.of_report(NUMBER, start, timezone, kind)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


def _event(content: Mapping[str, object], start: int, kind: int, timezone: str, at: int, by: str = "zoom") -> Event:
    common = {
        "event_id": f"{by}:{content['type']}:{at}:{start}",
        "webinar_id": webinar_id(NUMBER, kind, start, timezone),
        "platform": "zoom",
        "occurred_at": format_instant(at),
        "received_at": format_instant(at),
        "schema_version": 1,
    }
    return EVENT.validate_python({**common, **content})


def planned(start: int, kind: int = PLANNED, timezone: str = PARIS, by: str = "zoom") -> Event:
    said = {"type": "webinar", "starts_at": format_instant(start), "timezone": timezone, "status": "scheduled"}
    return _event(said, start, kind, timezone, start - DAY, by)


def joined(start: int, kind: int = PLANNED, timezone: str = PARIS) -> Event:
    said = {"type": "attendance", "kind": "joined", "person_id": "p_" + "1" * 32, "session_id": "s"}
    return _event(said, start, kind, timezone, start + 2 * MINUTE)


def registered(start: int, kind: int = PLANNED, timezone: str = PARIS) -> Event:
    said = {"type": "registration", "status": "registered", "person_id": "p_" + "1" * 32}
    return _event(said, start, kind, timezone, start - 3 * DAY)


WAYS: dict[str, Callable[[Place, int], list[str]]] = {
    "report": lambda place, start: [place.report(start + 3 * MINUTE)],
    "webhooks": lambda place, start: [
        name for event in (registered(start), planned(start), joined(start)) for name in place.zoom(event)
    ],
    "poll": lambda place, start: place.zoom(registered(start), joined(start), planned(start)),
}


@pytest.mark.parametrize("order", list(permutations(WAYS)), ids="-".join)
def test_an_occurrence_has_one_name_whichever_way_comes_first(tmp_path: Path, order: tuple[str, ...]) -> None:
    for number, days in enumerate(((DAY1, DAY2), (DAY2, DAY1))):
        for by_way in (True, False):
            place = Place(tmp_path / f"{number}{by_way}")
            told = [(way, day) for way in order for day in days] if by_way else [(w, d) for d in days for w in order]
            names: dict[int, set[str]] = {DAY1: set(), DAY2: set()}
            for _ in range(2):
                for way, day in told:
                    names[day] |= set(WAYS[way](place, day))
            place.close()
            assert [len(of_day) for of_day in names.values()] == [1, 1], (told, names)
            assert names[DAY1] != names[DAY2]


@pytest.mark.parametrize("order", list(permutations(WAYS)), ids="-".join)
def test_a_single_webinar_keeps_its_plain_name(tmp_path: Path, order: tuple[str, ...]) -> None:
    place = Place(tmp_path)
    ways = WAYS | {
        "webhooks": lambda place, start: place.zoom(planned(start, SINGLE)) + place.zoom(joined(start, SINGLE)),
        "poll": lambda place, start: place.zoom(registered(start, SINGLE), planned(start, SINGLE)),
    }
    assert {name for way in order for name in ways[way](place, DAY1)} == {PLAIN}
    place.close()


@pytest.mark.parametrize("order", list(permutations(WAYS)), ids="-".join)
def test_a_single_webinar_on_two_days_is_one_whichever_way_comes_first(tmp_path: Path, order: tuple[str, ...]) -> None:
    """A report knows that it is single where Zoom can be asked, or a person says so."""
    ways: dict[str, Callable[[Place, int], list[str]]] = {
        "report": lambda place, start: [place.report(start + 3 * MINUTE, kind="single")],
        "webhooks": lambda place, start: place.zoom(planned(start, SINGLE)) + place.zoom(joined(start, SINGLE)),
        "poll": lambda place, start: place.zoom(registered(start, SINGLE), planned(start, SINGLE)),
    }
    for number, days in enumerate(((DAY1, DAY2), (DAY2, DAY1))):
        for by_way in (True, False):
            place = Place(tmp_path / f"{number}{by_way}")
            told = [(way, day) for way in order for day in days] if by_way else [(w, d) for d in days for w in order]
            assert {name for way, day in told for name in ways[way](place, day)} == {PLAIN}
            place.close()


def test_two_reports_that_zoom_says_are_of_one_webinar_are_told_once(place: Place) -> None:
    assert [place.report(DAY1), place.report(DAY2)] == [PLAIN, SECOND]
    assert place.zoom(registered(DAY1, SINGLE)) == [PLAIN]
    assert place.zoom(planned(DAY1, SINGLE), planned(DAY2, SINGLE)) == [PLAIN, PLAIN, "zoom"]
    assert place.zoom(planned(DAY1, SINGLE), planned(DAY2, SINGLE)) == [PLAIN, PLAIN]
    (held,) = place.held()
    assert (held.connector, held.reason) == ("zoom", "counted_twice")
    assert f"{SECOND} counts as a webinar of its own" in held.detail


def test_one_report_or_one_that_recurred_before_is_no_fault(place: Place) -> None:
    assert place.report(DAY1) == PLAIN
    assert place.zoom(planned(DAY1, SINGLE), planned(DAY2, SINGLE)) == [PLAIN, PLAIN]
    other = Place(place.folder / "other")
    other.zoom(planned(DAY1), planned(DAY2))
    assert [other.report(DAY1), other.report(DAY2)] == [FIRST, SECOND]
    assert other.zoom(planned(DAY2 + DAY, SINGLE)) == [PLAIN]
    assert [*place.held(), *other.held()] == []
    other.close()


def test_two_days_of_reports_are_two_webinars_and_stay_so(place: Place) -> None:
    assert [place.report(start) for start in (DAY1, DAY2, DAY1, DAY2)] == [PLAIN, SECOND, PLAIN, SECOND]


def test_the_day_that_comes_first_keeps_the_plain_name(place: Place) -> None:
    assert [place.report(start) for start in (DAY2, DAY1, DAY2)] == [PLAIN, FIRST, PLAIN]


def test_a_restart_on_the_same_day_is_the_same_webinar(place: Place) -> None:
    assert place.report(DAY1) == place.report(DAY1 + 40 * MINUTE) == place.report(DAY1 + 9 * HOUR) == PLAIN


def test_by_hand(place: Place) -> None:
    assert place.report(DAY1, kind="recurring") == FIRST
    assert place.report(DAY1) == FIRST
    assert place.report(DAY2) == SECOND


def test_by_hand_all_days_are_one(place: Place) -> None:
    assert place.report(DAY1, kind="single") == place.report(DAY2, kind="single") == PLAIN
    assert place.report(DAY2) == PLAIN


def test_of_what_zoom_says_is_single_all_days_are_one(place: Place) -> None:
    assert place.zoom(planned(DAY1, SINGLE)) == [PLAIN]
    assert place.report(DAY2) == PLAIN


def test_a_single_webinar_that_recurs_from_now_on(place: Place) -> None:
    assert place.zoom(planned(DAY1, SINGLE)) == [PLAIN]
    assert place.zoom(joined(DAY1), planned(DAY2)) == [PLAIN, SECOND]


def test_a_table_does_not_know_that_a_webinar_is_single(place: Place) -> None:
    assert place.zoom(planned(DAY1, SINGLE, by="table")) == [PLAIN]
    assert [place.report(DAY1), place.report(DAY2)] == [PLAIN, SECOND]


EVENING = parse_instant("2026-11-13T04:30:00.000Z")
"""20:30 on the 12th in Los Angeles, 05:30 on the 13th in Paris: a day apart after four."""


def test_a_report_in_another_time_zone_is_known_by_its_start(place: Place) -> None:
    for start in (EVENING, EVENING + DAY):
        place.zoom(planned(start, timezone=LOS_ANGELES))
    assert [place.report(EVENING + MINUTE), place.report(EVENING + DAY)] == [FIRST, SECOND]
    assert place.zoom(joined(EVENING, timezone=LOS_ANGELES)) == [FIRST]


def test_a_report_in_another_time_zone_comes_first(place: Place) -> None:
    assert place.report(EVENING) == PLAIN
    # A registration alone does not tell when its webinar starts; what comes with it does.
    events = [make(EVENING, timezone=LOS_ANGELES) for make in (registered, joined, planned)]
    assert place.zoom(*events) == [PLAIN] * 3
    assert place.zoom(planned(EVENING + DAY, timezone=LOS_ANGELES)) == [SECOND]


def test_starts_within_six_hours_are_of_one_occurrence_whatever_their_days(place: Place) -> None:
    late = parse_instant("2026-11-12T21:00:00.000Z")
    assert place.report(late) == place.report(late + 6 * HOUR) == PLAIN
    assert place.report(late + 6 * HOUR + 1) == SECOND


def test_starts_of_one_day_that_lie_twenty_hours_apart_are_of_two_occurrences(place: Place) -> None:
    # A day goes on until four: from 04:10 to 00:10 in Paris.
    early = parse_instant("2026-11-12T03:10:00.000Z")
    assert place.report(early) == place.report(early + 20 * HOUR - 1) == PLAIN
    assert place.report(early + 20 * HOUR) == FIRST


def test_what_zoom_says_is_single_after_a_report_is_one_for_all_days(place: Place) -> None:
    assert place.report(DAY1) == PLAIN
    assert place.zoom(planned(DAY1, SINGLE)) == [PLAIN]
    assert place.report(DAY2) == PLAIN


def test_the_start_that_is_told_later_is_learnt(place: Place) -> None:
    assert place.zoom(registered(EVENING, timezone=LOS_ANGELES)) == [FIRST]
    assert place.zoom(planned(EVENING, timezone=LOS_ANGELES)) == [FIRST]
    assert place.report(EVENING) == FIRST


def test_who_joins_late_moves_no_start(place: Place) -> None:
    assert place.report(EVENING) == PLAIN
    said = {"type": "attendance", "kind": "joined", "person_id": "p_" + "1" * 32, "session_id": "s"}
    late = _event(said, EVENING, PLANNED, LOS_ANGELES, EVENING + 7 * HOUR)
    assert place.zoom(planned(EVENING, timezone=LOS_ANGELES), late) == [PLAIN] * 2


def test_when_a_recording_is_watched_says_nothing_of_the_start(place: Place) -> None:
    assert [place.report(DAY1), place.report(DAY2)] == [PLAIN, SECOND]
    said = {"type": "attendance", "kind": "recording_viewed", "person_id": "p_" + "1" * 32}
    assert place.zoom(_event(said, DAY1, PLANNED, PARIS, DAY2 + HOUR)) == [PLAIN]


def test_what_the_state_knew_before_counts(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.change("DROP TABLE zoom_names")
        state.change("DROP TABLE forgotten")
        for name, starts_at in ((FIRST, DAY1), ("zoom:555", DAY1), ("zoom:x:y", DAY1), ("goto:1", DAY1)):
            state.change("INSERT INTO webinars VALUES (?, NULL, '', ?, '', NULL, '', 1)", name, starts_at)
        state.change("PRAGMA user_version = 1")
    with State(tmp_path) as state:
        names = Names(state)
        assert names.of_report(NUMBER, DAY1, PARIS) == FIRST
        assert names.of_report(NUMBER, DAY2, PARIS) == SECOND
        assert names.of_report("555", DAY1, PARIS) == "zoom:555"
        assert len(state.rows("SELECT 1 FROM zoom_names")) == 3


def test_a_look_keeps_nothing(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        Names(state).of_report(NUMBER, DAY1, PARIS)
        names = Names.looked_up(state)
        assert [names.of_report(NUMBER, day, PARIS) for day in (DAY1, DAY2, DAY2)] == [PLAIN, SECOND, SECOND]
        assert len(state.rows("SELECT 1 FROM zoom_names")) == 1


def test_who_decides_at_the_same_time_decides_the_same(tmp_path: Path) -> None:
    State(tmp_path).close()
    days = [DAY1, DAY2]

    def decide(backwards: bool) -> list[list[str]]:
        with State(tmp_path) as state:
            names = Names(state)
            return [
                [names.of_report(str(number), day, PARIS) for day in (days[::-1] if backwards else days)]
                for number in range(100_000, 100_030)
            ]

    with ThreadPoolExecutor(2) as pool:
        forwards, backwards = pool.map(decide, (False, True))
    assert [one[::-1] for one in backwards] == forwards
    assert all(len(set(both)) == 2 for both in forwards)


def test_what_is_renamed_is_the_same_event(place: Place) -> None:
    place.report(DAY1)
    event = joined(DAY1)
    (record,) = place._resolver.resolve([Arrival("zoom", event, event.received_at)])
    sent = decode(record.value, TOPIC_OF_TYPE["attendance"], event.received_at)
    assert not isinstance(sent, DeadLetter)
    assert (sent.webinar_id, sent.event_id) == (PLAIN, event.event_id)
