"""`funnel forget`: no file names the person any more, and the numbers are as if it had never been there."""

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from clickhouse.client import connect
from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.pipeline import spool
from connectors.pipeline.outbox import KafkaOutbox
from connectors.pipeline.publish import Publisher
from connectors.pipeline.resolve import Resolver
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.toolkit.identity import email_person_id, registrant_person_id
from contract.events import EVENT
from contract.instants import DAY, MINUTE
from contract.topics import ATTENDANCE, REGISTRATIONS
from funnel.erasure.forget import forget
from funnel.erasure.person import Subjects, subjects
from funnel.erasure.search import Held, search, subject
from funnel.report.numbers import Question, answer
from funnel.report.verify import compare
from tests.contract_events import Event, attendance, hour_long, identity, registration, stay, webinar
from tests.e2e.stack import RawRecord, Stack
from tests.e2e.timing import YESTERDAY, moved, now
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.kafka, pytest.mark.system]

SECRET = "a secret of this test only"
EMAIL = f"ann.lee.{uuid4().hex[:8]}@example.com"
REGISTRANT = f"reg-{uuid4().hex}"
ANN = email_person_id(EMAIL, SECRET)
LINKED = [registrant_person_id("zoom", REGISTRANT, SECRET), registrant_person_id("goto", REGISTRANT, SECRET)]
NEEDLES = [EMAIL, REGISTRANT, ANN, *LINKED]
SOON = now() + DAY
LIVE = now() - 20 * MINUTE


def _webinars() -> dict[str, int]:
    """One that is over, one that is live, one that is coming -> their begin."""
    name = uuid4().hex[:8]
    return {f"zoom:{name}-past": YESTERDAY, f"goto:{name}-live": LIVE, f"zoom:{name}-soon": SOON}


def _others(webinar_id: str) -> list[Event]:
    said = [registration(person, webinar_id=webinar_id) for person in range(1, 6)]
    if webinar_id.endswith("past"):
        return [*said, *hour_long(webinar_id), *(one for who in (1, 2, 9) for one in stay(who, 0, 40, webinar_id))]
    if webinar_id.endswith("live"):
        starts = webinar(-600, webinar_id, starts_at="2026-11-22T18:00:00.000Z", status="live", duration_seconds=7200)
        return [*said, starts, attendance(1, "joined", 0, webinar_id), attendance(2, "joined", 1, webinar_id)]
    return [*said, webinar(-6000, webinar_id, starts_at="2026-11-22T18:00:00.000Z", duration_seconds=3600)]


def _of_ann(webinar_id: str) -> list[Event]:
    """Registered under her email, in the room under two registrants of services, linked to it."""
    said = [registration(ANN, -6000, webinar_id=webinar_id, source={"utm_source": "vk"})]
    for number, linked in enumerate(LINKED):
        link = identity(0, 0, -6000, webinar_id)
        said.append(link | {"person_id": linked, "same_as": ANN, "event_id": f"{REGISTRANT}:{number}:{webinar_id}"})
        if not webinar_id.endswith("soon"):
            said += stay(linked, 2 + number, 9 + number, webinar_id)
    return said


def _through_connectors(stack: Stack, records: list[tuple[Any, bytes]]) -> None:
    with State(stack.folder) as state, Publisher(stack.config) as publisher:
        outbox = KafkaOutbox("zoom", publisher, Resolver(state, stack.folder / "business"))
        for one, payload in records:
            outbox.put(one, payload)
        outbox.flush()


def _known_to_connectors(stack: Stack, webinar_id: str) -> None:
    """Rejected and waiting for a rule, both in quarantine; in the spool; and among the dead letters."""
    escaped = json.dumps({"payload": EMAIL.upper()}).replace("@", "\\u0040").encode()
    waiting = FormRegistration("typeform", "form", f"submission-{REGISTRANT}", now(), {"person_id": ANN})
    _through_connectors(
        stack,
        [
            (Rejection(Reason.NO_PERSON, "email: more than one"), escaped),
            (waiting, b"email=" + EMAIL.replace("@", "%40").encode()),
        ],
    )
    event = orjson.dumps(moved(attendance(LINKED[0], "seen", 3, webinar_id)))
    with State(stack.folder) as state:
        spool.append(state, [Outgoing(ATTENDANCE.name, webinar_id.encode(), event)])
    broken = event.replace(b'"seen"', b'"looked"')
    other = orjson.dumps(moved(attendance(7, "looked", 3, webinar_id)))
    stack.publish_records([RawRecord(ATTENDANCE.name, webinar_id.encode(), value) for value in (broken, other)])


def _without_names(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "webinar_id"}


def _who() -> Subjects:
    return subjects([f" {EMAIL.title()} "], SECRET)


def _files_with_needles(folder: Path) -> list[str]:
    """By grep, which shares nothing with the search of the command.

    Not in the workers' logs, which hold event ids, since these workers log at debug: those of connectors name nobody,
    the ones of this test do.
    """
    named = [part for needle in NEEDLES for part in ("-e", needle)]
    found = subprocess.run(
        ["grep", "-rlaiF", "--exclude=worker*.log", *named, str(folder)],
        env={"LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in found.stdout.splitlines() if Path(line).exists()]


def _former_parts(stack: Stack) -> list[dict[str, Any]]:
    """What is left on the disk of before the deletion."""
    with connect(stack.config, user="migrator") as client:
        return list(
            client.query(
                "SELECT table, name FROM system.parts AS part INNER JOIN ("
                "SELECT table, max(arrayMax(block_numbers.number)) AS mutated FROM system.mutations "
                "WHERE database = currentDatabase() AND table IN ('events', 'persons') GROUP BY table) AS done "
                "USING table WHERE database = currentDatabase() AND data_version < mutated "
                "AND part.min_block_number < mutated"
            ).named_results()
        )


def test_a_forgotten_person_is_found_in_no_file_and_in_no_number(stack: Stack) -> None:
    twin, real = _webinars(), _webinars()
    business = stack.folder / "business"
    for webinars in (twin, real):
        for webinar_id, begin in webinars.items():
            stack.publish(_others(webinar_id), begin)
    for webinar_id, begin in real.items():
        _through_connectors(
            stack, [(EVENT.validate_json(orjson.dumps(moved(one, begin))), b"") for one in _of_ann(webinar_id)]
        )
    past = next(iter(real))
    _known_to_connectors(stack, past)
    stack.wait_until_handled()

    def numbers(webinars: dict[str, int], at: int) -> list[dict[str, Any]]:
        with stack.reader() as client:
            rows = {row["webinar_id"]: row for row in answer(client, Question(at=at, webinar_ids=tuple(webinars)))}
        return [_without_names(rows[webinar_id]) for webinar_id in webinars]

    moments = [YESTERDAY + 30 * MINUTE, YESTERDAY + 2 * DAY, now()]
    assert all(numbers(real, at)[0] != numbers(twin, at)[0] for at in moments)
    held = search(stack.config, _who(), business, lambda _: None)
    assert held.rows.keys() >= {"events", "persons"}
    assert {one.table for one in held.state} == {"held", "spool"}
    assert {topic for topic, _ in held.in_kafka.records} >= {
        ATTENDANCE.name,
        REGISTRATIONS.name,
        "webinar.dead-letters.v1",
    }
    found = {Path(name).parts[len(stack.folder.parts)] for name in _files_with_needles(stack.folder)}
    assert found >= {"clickhouse", "kafka", "connectors"}, "where nothing is compressed, grep finds it now"
    told = subject(stack.config, _who(), business, lambda _: None)
    assert {one["webinar_id"] for one in told["events"]} == set(real)
    assert set(told["person_ids"]) == {ANN, *LINKED}
    letters = [one for one in stack.letters() if one["value"] is not None]

    said: list[str] = []
    _forget(stack, said)

    for at in moments:
        assert numbers(real, at) == numbers(twin, at)
    assert len([one for one in stack.letters() if one["value"] is not None]) == len(letters) - 1

    # Afterwards something arrives again: through a connector, and from somebody else's producer.
    join = attendance(LINKED[1], "joined", 5, past)
    _through_connectors(stack, [(EVENT.validate_json(orjson.dumps(moved(join))), b"")])
    stack.publish([*stay(ANN, 3, 20, past), registration(ANN, webinar_id=list(real)[2])])
    stack.wait_until_handled()
    for at in moments:
        assert numbers(real, at) == numbers(twin, at)
    again = search(stack.config, _who(), business, lambda _: None, whole=False)
    assert not again.rows
    assert again.in_kafka.count == 3, "what did not come through a connector is in Kafka until it is erased again"
    _forget(stack, said)
    with connect(stack.config, user="writer") as client:
        result = compare(client, stack.config, now())
    assert not [one for one in result.mismatches if one.webinar_id in {*real, *twin}]


def _forget(stack: Stack, said: list[str]) -> None:
    left: Held = forget(stack.config, _who(), stack.folder / "business", PATIENCE, said.append, lambda _: None)
    assert left.lines == []
    # Jobs may just have merged parts of other rows.
    until(lambda: not _files_with_needles(stack.folder), f"no file names the person: {said}")
    assert not _former_parts(stack)
