"""Who comes, stays, drops out, returns, and watches the recording. Pure."""

from random import Random

from connectors.simulator.registering import Person
from connectors.simulator.scenario import Scenario
from connectors.simulator.webinars import Content, Planned
from connectors.toolkit.content_id import content_hash
from contract.instants import MINUTE, SECOND, format_instant

Said = list[tuple[int, Content]]
"""(occurred at, event), in any order."""

_SIGN_OF_LIFE = 2 * MINUTE


def attendance_of(person: Person, webinar: Planned, scenario: Scenario, rng: Random) -> Said:
    """The platform's events about one person."""
    if webinar.cancelled:
        return []
    late = person.registered_at is not None and person.registered_at > webinar.ended_at
    came = not late and rng.random() < person.comes
    said: Said = []
    if came:
        stays = _stays(webinar, rng)
        said += _summaries(person, webinar, stays) if webinar.summaries_only else []
        said += [] if webinar.summaries_only else _sessions(person, webinar, stays, scenario, rng)
    if person.role is None and rng.random() < (0.05 if came else 0.12):
        said += _recording_views(person, webinar, rng)
    if person.attends_as != person.person_id and said and rng.random() < 0.8:
        said.append(_identity(person, webinar, min(at for at, _ in said), rng))
    return said


def _stays(webinar: Planned, rng: Random) -> list[tuple[int, int]]:
    """(from, to) of each device and connection."""
    begin = webinar.started_at + int(rng.gauss(0, 4) * MINUTE) + rng.randrange(SECOND)
    last = webinar.ended_at + rng.randrange(-90, 60) * SECOND
    if rng.random() < 0.45:
        # Many of those who leave, leave early.
        last = begin + int(rng.expovariate(1 / (webinar.duration_seconds * 0.3)) * SECOND)
    last = max(begin, min(last, webinar.ended_at + MINUTE))
    stays = [(begin, last)]
    if rng.random() < 0.15 and last - begin > 4 * MINUTE:
        broke_off = rng.randrange(begin + MINUTE, last - 2 * MINUTE)
        stays = [(begin, broke_off), (broke_off + rng.randrange(5, 90) * SECOND, last)]
    if rng.random() < 0.08:
        second_device = begin + (last - begin) // 3
        stays.append((second_device, last))
    if rng.random() < 0.01:
        stays.append((begin - 10 * MINUTE, begin - 10 * MINUTE))
    return stays


def _sessions(person: Person, webinar: Planned, stays: list[tuple[int, int]], scenario: Scenario, rng: Random) -> Said:
    said: Said = []
    for number, (begin, end) in enumerate(stays):
        session_id = content_hash([webinar.webinar_id, person.attends_as, number, begin])
        fields: Content = {**person.fields(person.attends_as), "session_id": session_id}
        said.append((begin, webinar.event("attendance", begin, kind="joined", **fields)))
        if rng.random() < scenario.lost_leaves:
            # Half of the sessions with a lost leave have signs of life, half have nothing.
            if rng.random() < 0.5:
                signs = range(begin + _SIGN_OF_LIFE, end, _SIGN_OF_LIFE)
                said += [(at, webinar.event("attendance", at, kind="seen", **fields)) for at in signs]
        else:
            said.append((end, webinar.event("attendance", end, kind="left", **fields)))
    return said


def _summaries(person: Person, webinar: Planned, stays: list[tuple[int, int]]) -> Said:
    """A total per person, reported after the end and corrected once."""
    first, last = min(begin for begin, _ in stays), max(end for _, end in stays)
    said: Said = []
    for minutes, share in ((20, 0.9), (90, 1.0)):
        reported_at = webinar.ended_at + minutes * MINUTE
        summary: Content = {
            "kind": "summary",
            "total_seconds": int((last - first) / SECOND * share),
            "reported_at": format_instant(reported_at),
            "first_joined_at": format_instant(first),
            "last_left_at": format_instant(last),
        }
        said.append((reported_at, webinar.event("attendance", first, **summary, **person.fields(person.attends_as))))
    return said


def _recording_views(person: Person, webinar: Planned, rng: Random) -> Said:
    said: Said = []
    at = webinar.ended_at
    for _ in range(rng.choice((1, 1, 1, 2))):
        at += rng.randrange(10 * MINUTE, 100 * MINUTE)
        seconds = rng.randrange(30, webinar.duration_seconds + 31)
        fields = person.fields(person.attends_as)
        said.append((at, webinar.event("attendance", at, kind="recording_viewed", seconds=seconds, **fields)))
    return said


def _identity(person: Person, webinar: Planned, first_seen: int, rng: Random) -> tuple[int, Content]:
    at = first_seen + rng.randrange(30) * MINUTE
    return at, webinar.event("identity", at, person_id=person.attends_as, same_as=person.person_id)
