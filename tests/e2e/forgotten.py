"""A person whom every connector knows is forgotten: before, after, and when something arrives again."""

import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from kafka.admin import ConfigResource, ConfigResourceType

from clickhouse.client import connect
from connectors.mapped import Reason, Rejection
from connectors.pipeline import spool
from connectors.pipeline.outbox import KafkaOutbox
from connectors.pipeline.publish import Publisher
from connectors.pipeline.resolve import Resolver
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.toolkit.identity import email_person_id
from contract.instants import DAY, MINUTE
from contract.topics import ALL_TOPICS, ATTENDANCE, REGISTRATIONS
from funnel.erasure.begun import begun
from funnel.erasure.forget import forget
from funnel.erasure.person import Subjects, subjects
from funnel.erasure.search import Held, search, subject
from funnel.report.numbers import Question, answer
from funnel.report.verify import compare
from streams.lag import asking
from tests.contract_events import Event, attendance, hour_long, registration, stay, webinar
from tests.e2e.everywhere import FORM_RULES, Person, Said, forms_of, ids_in, said_of, webinar_ids
from tests.e2e.stack import RawRecord, Stack
from tests.e2e.timing import YESTERDAY, moved, now
from tests.waiting import PATIENCE, until

SECRET = "a secret of this test only"
WHO = Person(f"ann.lee.{uuid4().hex[:8]}@example.com", f"8{uuid4().int % 10**17:017d}", SECRET)
ANN = email_person_id(WHO.email, SECRET)
SOON = now() + DAY
LIVE = now() - 20 * MINUTE


def _webinars() -> dict[str, int]:
    """Three that are over, one that is live, one that is coming -> their begin."""
    return dict(zip(webinar_ids(), (YESTERDAY, YESTERDAY, YESTERDAY, LIVE, SOON), strict=True))


def _others(webinar_id: str, begin: int) -> list[Event]:
    said = [registration(person, webinar_id=webinar_id) for person in range(1, 6)]
    if begin == YESTERDAY:
        return [*said, *hour_long(webinar_id), *(one for who in (1, 2, 9) for one in stay(who, 0, 40, webinar_id))]
    if begin == LIVE:
        starts = webinar(-600, webinar_id, starts_at="2026-11-22T18:00:00.000Z", status="live", duration_seconds=7200)
        return [*said, starts, attendance(1, "joined", 0, webinar_id), attendance(2, "joined", 1, webinar_id)]
    return [*said, webinar(-6000, webinar_id, starts_at="2026-11-22T18:00:00.000Z", duration_seconds=3600)]


def _through_connectors(stack: Stack, said: Iterable[Said]) -> None:
    with State(stack.folder) as state, Publisher(stack.config) as publisher:
        resolver = Resolver(state, stack.folder / "business")
        for connector, payload, mapped in said:
            outbox = KafkaOutbox(connector, publisher, resolver)
            for one in mapped:
                outbox.put(one, payload)
            outbox.flush()


def _known_everywhere(stack: Stack, webinars: dict[str, int]) -> list[Said]:
    """In each webinar; by a form that has a rule, and by forms that wait for one."""
    past, *_, soon = webinars
    (stack.folder / "business").mkdir(exist_ok=True)
    (stack.folder / "business" / "forms.yaml").write_text(FORM_RULES % soon)
    said = [one for key, begin in webinars.items() for one in said_of(WHO, key, begin, attends=begin != SOON)]
    said += forms_of(WHO, past)
    _through_connectors(stack, said)
    return said


def _rejected_spooled_and_dead(stack: Stack, webinar_id: str, linked: str) -> None:
    escaped = json.dumps({"payload": WHO.email.upper()}).replace("@", "\\u0040").encode()
    refused = [Rejection(reason, "email: more than one") for reason in (Reason.NO_PERSON, Reason.ERASURE_ASKED)]
    _through_connectors(stack, [Said("zoom", escaped, list(refused))])
    event = orjson.dumps(moved(attendance(linked, "seen", 3, webinar_id)))
    with State(stack.folder) as state:
        spool.append(state, [Outgoing(ATTENDANCE.name, webinar_id.encode(), event)])
    broken = event.replace(b'"seen"', b'"looked"')
    others = [orjson.dumps(moved(attendance(person, "looked", 3, webinar_id))) for person in (7, 8)]
    stack.publish_records([RawRecord(ATTENDANCE.name, webinar_id.encode(), value) for value in (broken, *others)])


def _without_names(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "webinar_id"}


def _who() -> Subjects:
    return subjects([f" {WHO.email.title()} "], SECRET)


def _files_with(needles: Iterable[str], folder: Path) -> list[str]:
    """By grep, which shares nothing with the search of the command.

    Not in the workers' logs, which hold event ids, since these workers log at debug: those of connectors name nobody,
    the ones of this test do.
    """
    named = [part for needle in needles for part in ("-e", needle)]
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


def _waiting(stack: Stack) -> int:
    """How many inputs the reports say are in quarantine."""
    return int(stack.rows("SELECT sum(waiting) AS n FROM quarantine(at = now64(3))")[0]["n"])


def _left_over(stack: Stack) -> list[str]:
    with asking(stack.config) as admin:
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, one.name) for one in ALL_TOPICS])
    rolling = [name for name, one in found["topic"].items() if one.get("segment.ms", {}).get("value") == "1"]
    short = "SELECT name FROM system.tables WHERE create_table_query LIKE '%old_parts_lifetime%'"
    return rolling + [str(row["name"]) for row in stack.rows(short)] + ["begun"] * (begun(stack.folder) is not None)


def forget_everywhere(stack: Stack, interrupt: Callable[[], None] = lambda: None) -> list[str]:
    """Asserts that no file names the person afterwards, and that the numbers are those of webinars that never had it.

    `interrupt`: what happens before the erasure that is let finish. Returns what that one said.
    """
    twin, real = _webinars(), _webinars()
    business = stack.folder / "business"
    waiting = _waiting(stack)
    for webinars in (twin, real):
        for webinar_id, begin in webinars.items():
            stack.publish(_others(webinar_id, begin), begin)
    known = _known_everywhere(stack, real)
    ids = ids_in(known)
    linked = sorted(ids - {ANN})
    assert len(linked) == 4, "each platform has an id of its own for the person"
    needles = [WHO.email, WHO.key, *ids]
    past, _, _, live, soon = real
    _rejected_spooled_and_dead(stack, past, linked[0])
    stack.wait_until_handled()

    def numbers(webinars: dict[str, int], at: int) -> list[dict[str, Any]]:
        with stack.reader() as client:
            rows = {row["webinar_id"]: row for row in answer(client, Question(at=at, webinar_ids=tuple(webinars)))}
        return [_without_names(rows[webinar_id]) for webinar_id in webinars]

    moments = [YESTERDAY + 30 * MINUTE, YESTERDAY + 2 * DAY, now()]
    before = list(zip(numbers(real, now()), numbers(twin, now()), strict=True))
    assert all(mine["registrations"] == theirs["registrations"] + 1 for mine, theirs in before)
    assert [mine["visits_all"] - theirs["visits_all"] for mine, theirs in before[:4]] == [1, 1, 1, 1]
    held = search(stack.config, _who(), business, lambda _: None)
    assert held.rows.keys() >= {"events", "persons"}
    assert {one.table for one in held.state} == {"held", "placed", "spool"}
    assert {topic for topic, _ in held.in_kafka.records} >= {
        ATTENDANCE.name,
        REGISTRATIONS.name,
        "webinar.dead-letters.v1",
    }
    found = {Path(name).parts[len(stack.folder.parts)] for name in _files_with(needles, stack.folder)}
    assert found >= {"clickhouse", "kafka", "connectors"}, "where nothing is compressed, grep finds it now"
    told = subject(stack.config, _who(), business, lambda _: None)
    assert {one["webinar_id"] for one in told["events"]} == set(real)
    assert set(told["person_ids"]) == ids
    until(lambda: _waiting(stack) == waiting + 4, "two forms without a rule and two rejections are told of")
    letters = sorted(map(str, stack.letters()))

    interrupt()
    told_by_it = _forget(stack, needles)

    for at in moments:
        assert numbers(real, at) == numbers(twin, at)
    kept = [one for one in stack.letters() if one["value"] is not None]
    assert len(kept) == len([one for one in letters if "'value': None" not in one]) - 1
    assert len({str(one) for one in kept}) == len(kept), "each letter stands once"
    until(lambda: _waiting(stack) == waiting, "the quarantine is told to hold less")
    assert _left_over(stack) == []

    # Afterwards something arrives again: through a connector, and from somebody else's producer.
    _through_connectors(stack, said_of(WHO, live, LIVE, attends=True))
    stack.publish([*stay(ANN, 3, 20, past), registration(ANN, webinar_id=soon)])
    stack.wait_until_handled()
    for at in moments:
        assert numbers(real, at) == numbers(twin, at)
    again = search(stack.config, _who(), business, lambda _: None, whole=False)
    assert not again.rows
    assert again.in_kafka.count == 3, "what did not come through a connector is in Kafka until it is erased again"
    assert "forgotten before, at " in _forget(stack, needles)[0]
    with connect(stack.config, user="writer") as client:
        result = compare(client, stack.config, now())
    assert not [one for one in result.mismatches if one.webinar_id in {*real, *twin}]
    return told_by_it


def _forget(stack: Stack, needles: Iterable[str]) -> list[str]:
    said: list[str] = []
    left: Held = forget(stack.config, _who(), stack.folder / "business", PATIENCE, said.append, lambda _: None)
    assert left.lines == []
    # Jobs may just have merged parts of other rows.
    until(lambda: not _files_with(needles, stack.folder), f"no file names the person: {said}")
    assert not _former_parts(stack)
    return said
