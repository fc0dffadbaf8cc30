"""The numbers of now by new and returning people are kept, and made anew when who registered for what changes."""

import random
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.jobs.current import Current
from streams.jobs.current_people import CurrentPeople
from tests.contract_events import Event, hour_long, moment, registration, stay, totals, webinar
from tests.current import OF_PEOPLE, different_of_people
from tests.streams.conftest import Database

WEBINARS = [f"zoom:{number}" for number in range(1, 5)]
DAY = 24 * 60


def _held(webinar_id: str, day: int) -> Event:
    begin, end = moment(day * DAY), moment(day * DAY + 60)
    return webinar(1 + day * DAY, webinar_id, starts_at=begin, started_at=begin, ended_at=end, duration_seconds=3600)


def _random(chance: random.Random) -> list[Event]:
    """Webinars on the days before T0, people who registered for some of them, some only after the end."""
    days = {webinar_id: -2 * place for place, webinar_id in enumerate(WEBINARS)}
    events = [_held(webinar_id, day) for webinar_id, day in days.items()]
    for person in range(12):
        for webinar_id in chance.sample(WEBINARS, chance.randint(0, 3)):
            minutes = days[webinar_id] * DAY + chance.choice([-100, 30, 100])
            source = {"utm_source": chance.choice(["vk", "mail"])}
            status = chance.choice(["registered", "registered", "cancelled"])
            events.append(registration(person, minutes, status, webinar_id, source=source))
            if chance.random() < 0.6:
                events += stay(person, days[webinar_id] * DAY + 1, days[webinar_id] * DAY + 20, webinar_id)
    return events


def _different(client: Client) -> dict[str, Any]:
    return {
        f"{name} {people}": rows
        for name in OF_PEOPLE
        for people in ("new", "returning")
        if (rows := different_of_people(client, name, people))
    }


async def _work(database: Database) -> int:
    await Current(database.store).work()
    return await CurrentPeople(database.store).work()


async def test_what_is_kept_is_what_the_views_say_whatever_comes_next(database: Database) -> None:
    chance = random.Random(20)
    told = [*_random(chance), *hour_long("zoom:told"), totals(90, "zoom:told", registrations=9, visits=4)]
    for _ in range(3):
        database.put(*told)
        await _work(database)
        assert _different(database.client) == {}
        told += _random(chance)


async def test_a_registration_makes_later_webinars_of_that_person_due_and_no_others(database: Database) -> None:
    first, second, other = _held("zoom:1", -4), _held("zoom:2", -2), _held("zoom:3", -1)
    told = [
        *(first, second, other),
        registration(1, -5 * DAY, webinar_id="zoom:2"),
        registration(2, -5 * DAY, webinar_id="zoom:3"),
        registration(3, -5 * DAY, webinar_id="zoom:1"),
    ]
    database.put(*told)
    assert await _work(database) == 3
    assert await _work(database) == 0
    database.put(first, registration(3, -5 * DAY, webinar_id="zoom:1"), registration(1, -5 * DAY, webinar_id="zoom:1"))
    assert await _work(database) == 2, "that webinar, and the later one of the same person"
    assert _different(database.client) == {}
    asked = (
        "SELECT numbers[1] FROM numbers_of_people_now(at = now64(3), people = 'returning') WHERE webinar_id = 'zoom:2'"
    )
    assert database.client.query(asked).result_rows == [(1,)]


async def test_what_was_marked_is_made_after_a_kill(database: Database) -> None:
    database.put(_held("zoom:1", -4), registration(1, -5 * DAY, webinar_id="zoom:1"))
    await _work(database)
    marked = "toDateTime64(0, 3, 'UTC') AS kept_at, now64(3) + 1 AS made_at, [] AS parts"
    database.client.command(f"INSERT INTO current_people SELECT * REPLACE ({marked}) FROM current_people FINAL")
    assert _different(database.client) != {}
    database.client.command("TRUNCATE TABLE current_people SYNC")
    assert await _work(database) == 1
    assert _different(database.client) == {}


async def test_pages_with_a_choice_of_people_compute_until_it_keeps_up(database: Database) -> None:
    database.put(_held("zoom:1", -4))
    asked = "SELECT as_of FROM as_of_at(at = now64(3), people = {people:String})"
    await Current(database.store).work()
    _lately(database.client, 1)
    said = [database.client.query(asked, {"people": people}).result_rows[0][0] for people in ("$__all", "new")]
    assert said == ["_now", "_at"]
    await CurrentPeople(database.store).work()
    assert database.client.query("SELECT count() FROM current_turns WHERE id = 2").result_rows == [(1,)]
    _lately(database.client, 1, 2)
    assert database.client.query(asked, {"people": "new"}).result_rows == [("_now",)]


def _lately(client: Client, *ids: int) -> None:
    """That these jobs worked a moment ago, however slow the machine is."""
    for one in ids:
        client.command(f"INSERT INTO current_turns SELECT {one}, now64(3) + 60, thresholds FROM rules FINAL")
