"""`funnel report --by people`: what the independent oracle counts of the events of these people alone."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import orjson
import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.at import at_parameter
from funnel.report import oracle
from funnel.report.numbers import COUNTS, PEOPLE, Question, Row, answer, by_webinar
from streams.settings import Settings
from tests.contract_events import T0, Event, at, attendance, hour_long, identity, moment, r, registration, stay, totals
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database

DAY = 24 * 60.0
BEGINS = {"zoom:1": 0.0, "zoom:2": DAY, "zoom:3": 2 * DAY}
PEOPLE_ASKED = 80


def three_webinars() -> list[Event]:
    """A day apart; everybody registers for some of them and comes to some, by far not all in that order."""
    chance = Random(11)
    events = [totals(2 * DAY, "zoom:4", registrations=50, visits=20)]
    for webinar_id, begin in BEGINS.items():
        times = {"starts_at": moment(begin), "started_at": moment(begin), "ended_at": moment(begin + 60)}
        events += hour_long(webinar_id, **times)
        for person in range(PEOPLE_ASKED):
            if chance.random() < 0.6:
                events.append(registration(person, begin - chance.randrange(3000), webinar_id=webinar_id))
            if chance.random() < 0.4:
                events += stay(person, begin, begin + chance.randrange(1, 60), webinar_id)
            if chance.random() < 0.1:
                events.append(attendance(person, "recording_viewed", begin + chance.randrange(70, 3000), webinar_id))
    return [*events, *hour_long("zoom:4", starts_at=moment(0), started_at=moment(0), ended_at=moment(60))]


def returning(events: list[Event], minutes: float) -> set[tuple[str, str]]:
    """(webinar, person) of those who registered by then for a webinar that begins earlier."""
    registered = {
        (BEGINS[one["webinar_id"]], one["person_id"])
        for one in events
        if one["type"] == "registration" and one["occurred_at"] <= moment(minutes)
    }
    return {(key, person) for key, own in BEGINS.items() for begin, person in registered if begin < own}


EVENTS = three_webinars()


@pytest.fixture(scope="module")
def filled(clickhouse_server: Server) -> Iterator[Client]:
    with lent_database(clickhouse_server) as (config, client):
        put(client, config, EVENTS)
        yield client


@pytest.mark.parametrize("minutes", [-3100, -30, DAY - 30, DAY + 20, 2 * DAY + 30, 5 * DAY])
def test_the_numbers_of_new_and_of_returning_people(filled: Client, minutes: float) -> None:
    known = returning(EVENTS, minutes)
    assert bool(known) == (minutes > -3100)
    told: dict[str, dict[str, Row]] = {one["webinar_id"]: {} for one in EVENTS}
    for row in by_webinar(filled, Question(at(minutes), by=("people",))):
        told[row["webinar_id"]][row["people"]] = {name: row[name] for name in COUNTS}
    for people in PEOPLE:
        theirs = [one for one in EVENTS if "person_id" not in one or counts_as(one, known) == people]
        for expected in oracle.numbers(map(orjson.dumps, theirs), T0 + timedelta(minutes=minutes), oracle.Rules()):
            said = told[expected["webinar_id"]]
            if expected["totals_only"]:
                # Nobody said who they were.
                assert set(said.get(people, {}).values()) <= {None}
            elif people in said:
                assert said[people] == {name: expected[name] for name in COUNTS}
            else:
                assert not any(expected[name] for name in COUNTS)


def test_days_and_sources_beside_people(filled: Client) -> None:
    day = (T0 + timedelta(days=1)).date()
    rows = answer(filled, Question(at(5 * DAY), ("people", "source_group"), first_day=day, last_day=day))
    assert {row["people"] for row in rows} == set(PEOPLE)
    everybody = answer(filled, Question(at(5 * DAY), ("source_group",), first_day=day, last_day=day))
    for group in everybody:
        parts = [row for row in rows if row["source_group"] == group["source_group"]]
        assert sum(part["registrations"] for part in parts) == group["registrations"]


def test_whoever_registered_under_a_registrants_id_is_who_the_link_says(store: Client, own_config: Settings) -> None:
    later = {"starts_at": moment(DAY), "started_at": moment(DAY), "ended_at": moment(DAY + 60)}
    linked = [registration(r(1)), identity(1, 5)]
    put(
        store,
        own_config,
        [*hour_long(), *hour_long("zoom:2", **later), *linked, registration(5, 10, webinar_id="zoom:2")],
    )
    rows = answer(store, Question(at(2 * DAY), by=("people",), webinar_ids=("zoom:2",)))
    assert [(row["people"], row["registrations"]) for row in rows] == [("returning", 1)]


def test_a_day_is_that_of_the_webinars_own_clock_for_people_too(store: Client, own_config: Settings) -> None:
    evening, morning = moment(7.5 * 60), moment(0)
    # 22:30 of the 22nd, and 07:45 of the 23rd, where they are held.
    held = {"zoom:1": (evening, "America/Sao_Paulo"), "zoom:2": (morning, "Pacific/Chatham")}
    events: list[Event] = []
    for webinar_id, (begin, zone) in held.items():
        events += [*hour_long(webinar_id, starts_at=begin, started_at=begin, ended_at=begin, timezone=zone)]
        events.append(registration(1, webinar_id=webinar_id))
    put(store, own_config, events)
    for day, webinar_id in ((T0.date(), "zoom:1"), (T0.date() + timedelta(days=1), "zoom:2")):
        question = Question(at(2 * DAY), ("people",), webinar_ids=(webinar_id,), first_day=day, last_day=day)
        assert sum(row["registrations"] for row in answer(store, question)) == 1, webinar_id


def test_of_some_people_nobody_tells_the_top_of_the_funnel(store: Client, own_config: Settings) -> None:
    put(store, own_config, [*hour_long(), registration(1), totals(-10, invited=500, page_views=40)])
    # However the engine takes a name that is both an alias and a column.
    for prefers in ("0", "1"):
        store.set_client_setting("prefer_column_name_to_alias", prefers)
        told = store.query(
            "SELECT invited, page_views FROM top_of_people(at = {at:DateTime64(3, 'UTC')})",
            {"at": at_parameter(at(-5))},
        )
        assert told.result_rows == [(None, None)]


def counts_as(event: Event, known: set[tuple[str, str]]) -> str:
    return "returning" if (event["webinar_id"], event["person_id"]) in known else "new"
