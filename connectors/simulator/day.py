"""The day in the order of delivery, as real networks and services deliver: repeated, late, out of order. Pure."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeAlias

from connectors.simulator.attending import attendance_of
from connectors.simulator.broken import broken_records
from connectors.simulator.registering import Person, people_of
from connectors.simulator.scenario import Scenario
from connectors.simulator.services import Posted, posted
from connectors.simulator.top import top_of
from connectors.simulator.webinars import Content, Planned, statements, webinars_of
from connectors.toolkit.content_id import event_of
from contract.events import encode
from contract.instants import MINUTE, SECOND
from contract.topics import ATTENDANCE, TOPIC_OF_TYPE

_RETRIES_AFTER = (5 * MINUTE, 25 * MINUTE, 85 * MINUTE)
"""Zoom retries 5, 20 and 60 minutes after the previous attempt."""


class Delivery(NamedTuple):
    """One record received at the simulated instant `at`."""

    at: int
    topic: str
    key: bytes
    value: bytes


class Post(NamedTuple):
    """One webhook request received at the simulated instant `at`."""

    at: int
    service: str
    body: bytes


Arrival: TypeAlias = Delivery | Post


def simulate(scenario: Scenario, seed: int) -> Iterator[Arrival]:
    """Everything that arrives on the day, ordered by `at`. The same arguments give the same bytes.

    Only deliveries of records, unless the scenario has the services send webhooks (`by_services`).
    """
    rng = Random(f"{seed}:{scenario}")
    webinars = webinars_of(scenario, seed)
    yield from arrivals_of(webinars, scenario, rng)


def arrivals_of(webinars: Sequence[Planned], scenario: Scenario, rng: Random) -> list[Arrival]:
    """Everything that arrives about these webinars, ordered by `at`; broken records are about the first of them."""
    arrivals = [
        _arrival(at, said)
        for webinar in webinars
        for occurred_at, said in _said(webinar, scenario, rng)
        for at in _delivery_times(occurred_at, scenario, rng)
    ]
    # A separate generator, so that what people do depends on nothing else.
    arrivals += [
        _arrival(at, content)
        for place, webinar in enumerate(webinars)
        for read_at, content in top_of(webinar)
        for at in _delivery_times(read_at, scenario, Random(f"{place}:{read_at - webinar.starts_at}"))
    ]
    if scenario.broken_records:
        arrivals += _broken(webinars[0])
    # Python's sort is stable, so arrivals in the same millisecond keep the order of planning.
    return sorted(arrivals, key=lambda arrival: arrival.at)


def records(scenario: Scenario, seed: int) -> Iterator[Delivery]:
    """The same for a scenario that consists of records. Raises ValueError for another one."""
    for arrival in simulate(scenario, seed):
        if isinstance(arrival, Post):
            raise ValueError("this scenario has webhooks in it")
        yield arrival


def _said(webinar: Planned, scenario: Scenario, rng: Random) -> Iterator[tuple[int, Posted | Content]]:
    """(occurred at, or the report's time for what is reported later; event) of everything about a webinar."""
    by_services = scenario.by_services and webinar.platform == "zoom"
    known: dict[object, Person] = {}
    for occurred_at, content in _contents(webinar, scenario, rng, known):
        said = posted(content, webinar, known) if by_services else content
        if said is not None:
            yield occurred_at, said


def _contents(
    webinar: Planned, scenario: Scenario, rng: Random, known: dict[object, Person]
) -> Iterator[tuple[int, Content]]:
    yield from statements(webinar)
    for person, registrations in people_of(webinar, rng):
        known[person.person_id] = known[person.attends_as] = person
        yield from registrations
        yield from attendance_of(person, webinar, scenario, rng)


def _delivery_times(occurred_at: int, scenario: Scenario, rng: Random) -> list[int]:
    """When an event arrives: mostly within seconds, sometimes with a retry, sometimes twice.

    Events from before the day opens come in its first minutes, as an import of existing data would bring them.
    """
    if occurred_at < scenario.opens_at:
        arrives = scenario.opens_at + rng.randrange(5 * MINUTE)
    else:
        arrives = occurred_at + rng.randrange(200, 3_000)
        if rng.random() < scenario.late:
            arrives += rng.choice(_RETRIES_AFTER)
    repeated = rng.random() < scenario.repeated
    return [arrives, arrives + rng.randrange(SECOND, 4 * MINUTE)] if repeated else [arrives]


def _arrival(at: int, said: Posted | Content) -> Arrival:
    if isinstance(said, Posted):
        return Post(at, *said)
    event = event_of(said, at, "sim")
    return Delivery(at, TOPIC_OF_TYPE[event.type].name, event.webinar_id.encode(), encode(event))


def _broken(webinar: Planned) -> list[Delivery]:
    """Dead letters, one of every kind, spread over the first minutes of the webinar."""
    deliveries = []
    for minute in range(1, 6):
        at = webinar.started_at + minute * MINUTE
        record = list(broken_records(webinar.webinar_id, at).values())[minute - 1]
        deliveries.append(Delivery(at, ATTENDANCE.name, webinar.webinar_id.encode(), record))
    return deliveries
