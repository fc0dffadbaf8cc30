"""The live funnel in the terminal."""

import re

import pytest
from clickhouse_connect.driver.client import Client
from rich.console import Console, RenderableType

from funnel.report.watch import LiveWebinar, Moment, frame, line, look, render, watch
from streams.settings import Settings
from tests.contract_events import Event, at, attendance, hour_long, moment, registration, stay, webinar
from tests.rows import put


def events() -> list[Event]:
    """zoom:1 from minute 0 for an hour: 40 registered, 20 there from the start on, ten of them until minute 10."""
    return [
        webinar(starts_at=moment(0), duration_seconds=3600, title="Excel [live]"),
        *(registration(person, source={"utm_source": "VK" if person < 30 else "mail"}) for person in range(40)),
        *(event for person in range(10) for event in stay(person, 0, 10)),
        *(attendance(person, "joined", 0) for person in range(10, 20)),
        attendance(50, "joined", 3),
        *hour_long("zoom:0"),
        webinar(webinar_id="gc:1", starts_at=moment(2), tells=["leaves"]),
        attendance(1, "joined", 2, "gc:1"),
    ]


@pytest.fixture
def filled(store: Client, own_config: Settings) -> Client:
    put(store, own_config, events())
    return store


def printed(drawn: RenderableType) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get()


def test_shows_the_webinars_on_now_with_their_steps(filled: Client) -> None:
    text = printed(frame(filled, at(8)))
    assert "Excel [live]" in text
    assert "Live" in text
    assert "Live viewers: 21" in text
    assert re.search(r"Registrants .* 40 +100\.0 %", text)
    assert re.search(r"Attendees .* 20 +50\.0 %", text)
    assert re.search(r"Stayed 5\+ min .* 20 +50\.0 %", text)
    assert re.search(r"Stayed 30\+ min .* n/a +n/a", text)
    assert re.search(r"VK +30 +20 +66\.7 %", text)
    assert re.search(r"mail +10 +0 +0\.0 % \(n=10\)", text)
    assert "Walk-ins: 1" in text
    assert re.search(r"2026-11-22T18:08:00\.000Z · Data as of 20\d\d-", text)


def test_moves_with_time_alone(filled: Client) -> None:
    text = printed(frame(filled, at(31), ["zoom:1"]))
    assert "Live viewers: 11" in text
    assert re.search(r"Stayed 30\+ min .* 10 +25\.0 %", text)
    assert "Watched" not in text
    assert re.search(r"Completed \(90 %\+\) .* 10 +25\.0 %", printed(frame(filled, at(61), ["zoom:1"])))


def test_nobody_is_in_the_room_that_a_service_does_not_tell_or_once_it_is_over(filled: Client) -> None:
    rooms = {one.numbers["webinar_id"]: one.in_the_room for one in look(filled, at(8)).webinars}
    assert rooms == {"gc:1": None, "zoom:0": 0, "zoom:1": 21}
    (over,) = look(filled, at(70), ["zoom:1"]).webinars
    assert over.in_the_room is None


def test_people_of_excluded_domains_are_not_in_the_room(filled: Client) -> None:
    filled.command(
        "INSERT INTO persons SELECT * REPLACE (version + 1 AS version, ['d_1'] AS domain_ids)"
        " FROM persons FINAL WHERE webinar_id = 'zoom:1' ORDER BY person_id LIMIT 50"
    )
    assert look(filled, at(8), ["zoom:1"]).webinars[0].in_the_room == 21
    filled.command("INSERT INTO excluded_domains VALUES ('d_1', true, 1)")
    (excluded,) = look(filled, at(8), ["zoom:1"]).webinars
    assert excluded.in_the_room == 0


def test_a_named_webinar_is_shown_before_it_is_on_and_others_are_not(filled: Client) -> None:
    assert look(filled, at(-5)).webinars == ()
    assert "No webinar is live." in printed(frame(filled, at(-5)))
    text = printed(frame(filled, at(-5), ["zoom:1"]))
    assert "Upcoming" in text
    assert "Live viewers: n/a" in text


def test_a_webinar_that_nobody_dated_is_not_called_upcoming(filled: Client, own_config: Settings) -> None:
    put(filled, own_config, [registration(1, webinar_id="gc:9")])
    text = printed(frame(filled, at(8), ["gc:9"]))
    assert "Scheduled: no start time" in text
    assert "Upcoming" not in text
    (shown,) = look(filled, at(8), ["gc:9"]).webinars
    assert line(shown).startswith("gc:9 Scheduled: no start time: Registrants 1")


def test_drawing_needs_no_store() -> None:
    assert "no events yet" in printed(render(Moment(at(0), None, ())))


def test_a_log_gets_one_line_for_each_change(filled: Client) -> None:
    console = Console(width=80, force_terminal=False)
    minutes = iter([1.0, 1.0, 8.0])

    def now() -> int:
        try:
            return at(next(minutes))
        except StopIteration:
            raise KeyboardInterrupt from None

    with console.capture() as captured:
        watch(filled, console, now, webinar_ids=["zoom:1"], interval=0.001)
    assert captured.get().splitlines() == [
        "2026-11-22T18:01:00.000Z zoom:1 Live: Registrants 40 · Attendees 20 (50.0 %) · Stayed 5+ min n/a"
        " · Stayed 30+ min n/a · Live viewers 20",
        "2026-11-22T18:08:00.000Z zoom:1 Live: Registrants 40 · Attendees 20 (50.0 %)"
        " · Stayed 5+ min 20 (50.0 %) · Stayed 30+ min n/a · Live viewers 21",
    ]


def test_a_terminal_is_drawn_again_and_ctrl_c_ends_it(filled: Client) -> None:
    console = Console(width=120, force_terminal=True)
    minutes = iter([1.0, 8.0])

    def now() -> int:
        try:
            return at(next(minutes))
        except StopIteration:
            raise KeyboardInterrupt from None

    with console.capture() as captured:
        watch(filled, console, now, interval=0.001)
    assert "18:01:00.000Z" in captured.get()
    assert "18:08:00.000Z" in captured.get()


def test_a_line_names_what_cannot_be_told() -> None:
    numbers = {"webinar_id": "gc:1", "completeness": "upcoming", "registrations": 0}
    numbers |= {f"{name}{bucket}": None for name in ("registered_visits", "conversion") for bucket in _BUCKETS}
    assert line(LiveWebinar(numbers, None, ())) == (
        "gc:1 Upcoming: Registrants 0 · Attendees n/a · Stayed 5+ min n/a · Stayed 30+ min n/a · Live viewers n/a"
    )


_BUCKETS = ("", "_5m", "_30m", "_full")
