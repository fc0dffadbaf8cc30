"""Two machines with a state each decide alike: what one has published, the other one knows."""

from pathlib import Path

import pytest

from connectors.mapped import FormRegistration
from connectors.pipeline.following import catch_up
from connectors.pipeline.forgotten import anybody
from connectors.pipeline.publish import Publisher
from connectors.pipeline.remap import Remap
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.zoom_names import Names
from contract.events import Forgotten, encode
from contract.forgotten import forgotten_id
from contract.instants import HOUR, format_instant
from contract.topics import IDENTITIES, WEBINARS
from process.clock import now
from process.kafka import KafkaSettings
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.connectors.pipeline.test_resolve import NOON, PERSON, Place, said, submission, webinar
from tests.connectors.pipeline.test_zoom_names import DAY1, DAY2, NUMBER, PARIS, PLAIN, SECOND
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka

NEXT = "forms: [{next_of_series: zoom:weekly}]"


class Machines:
    """Two of them, and the Kafka that they share."""

    def __init__(self, kafka: KafkaSettings, folder: Path) -> None:
        self.kafka = kafka
        self.a, self.b = (Place(folder / name) for name in "ab")

    def publish(self, records: list[Outgoing]) -> None:
        with Publisher(self.kafka) as publisher:
            for one in records:
                publisher.send_raw(*one)

    def follow(self, place: Place) -> None:
        catch_up(place.state, self.kafka)


@pytest.fixture
def machines(kafka: KafkaServer, tmp_path: Path) -> Machines:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=2))
    for name in "ab":
        (tmp_path / name).mkdir()
    return Machines(KafkaSettings(kafka_bootstrap=kafka.bootstrap), tmp_path)


def registered(place: Place, one: FormRegistration) -> tuple[object, object]:
    (record,) = place.resolve(one)
    return said(record)["event_id"], said(record)["webinar_id"]


def test_a_form_finds_the_webinar_that_another_machine_knows_and_keeps_it(machines: Machines) -> None:
    a, b = machines.a, machines.b
    for place in (a, b):
        place.rules(NEXT)
    machines.publish(a.resolve(webinar(1, NOON + 2 * HOUR)))
    # It waits where it came in, and goes out there.
    waiting = b.resolve(submission(1))
    assert said(waiting[0])["reason"] == "unmapped_form"
    machines.follow(b)
    assert b.release.look(NOON) == 1
    machines.publish(b.sent)

    machines.publish(a.resolve(submission(2)))
    # Since then a webinar was added that begins before; whoever comes again is still registered for the former.
    machines.publish(a.resolve(webinar(2, NOON + HOUR)))
    machines.follow(b)
    machines.follow(a)
    for place, number in ((b, 2), (b, 1), (a, 1), (a, 2)):
        assert registered(place, submission(number)) == (f"demo:s{number}", "zoom:1")
    cancelled = submission(2, "cancelled")
    assert registered(b, cancelled) == registered(a, cancelled) == ("demo:s2", "zoom:1")
    assert registered(b, submission(3)) == ("demo:s3", "zoom:2")

    # Moved on one machine, it comes again on the other.
    moved: list[Outgoing] = []
    assert Remap("zoom:1", "zoom:9").run(a.state, moved.extend, print) == 3
    machines.publish(moved)
    machines.follow(b)
    assert registered(b, submission(2)) == ("demo:s2:moved-1", "zoom:9")


def test_what_is_followed_is_read_once_and_disturbs_nobody(machines: Machines) -> None:
    machines.a.rules(NEXT)
    machines.publish(machines.a.resolve(webinar(1, NOON + HOUR), submission(1)))
    tables = ("webinars", "placed", "zoom_names")
    before = {name: machines.a.state.rows(f"SELECT * FROM {name}") for name in tables}
    for _ in range(2):
        machines.follow(machines.a)
        assert {name: machines.a.state.rows(f"SELECT * FROM {name}") for name in tables} == before
    machines.follow(machines.b)
    assert [len(machines.b.state.rows(f"SELECT 1 FROM {name}")) for name in tables] == [1, 1, 1]
    assert not any(machines.b.state.rows(f"SELECT 1 FROM {name}") for name in ("held", "spool", "forgotten"))


def test_occurrences_of_zoom_have_the_names_that_an_import_elsewhere_gave(machines: Machines) -> None:
    importing = Names(machines.a.state)
    reported = [importing.of_report(NUMBER, start, PARIS) for start in (DAY1, DAY2)]
    assert reported == [PLAIN, SECOND]
    machines.publish(
        [
            Outgoing(
                WEBINARS.name, name.encode(), encode(webinar(0, start, webinar_id=name)).replace(b'"zoom:', b'"zr:', 1)
            )
            for name, start in zip(reported, (DAY1, DAY2), strict=True)
        ]
    )
    machines.follow(machines.b)
    names = Names(machines.b.state)
    assert [names.of_report(NUMBER, start, PARIS) for start in (DAY1, DAY2)] == reported
    assert not names.is_decided_by_zoom(NUMBER)


def test_who_was_forgotten_elsewhere_is_forgotten_here(machines: Machines) -> None:
    b = machines.b
    b.rules("forms: [{form: landing, webinar: zoom:1}]")
    b.resolve(submission(1))
    b.rules("forms: []")
    b.resolve(submission(2))
    forgotten = forgotten_id(PERSON["person_id"])
    said_at = format_instant(now())
    event = Forgotten.model_validate(
        {
            "event_id": f"forgotten:{forgotten}",
            "webinar_id": "zoom:1",
            "platform": "zoom",
            "occurred_at": said_at,
            "received_at": said_at,
            "schema_version": 1,
            "forgotten_id": forgotten,
        }
    )
    machines.publish([Outgoing(one.name, b"zoom:1", encode(event)) for one in (WEBINARS, IDENTITIES)])
    machines.follow(b)
    assert anybody(b.state)
    assert b.resolve(submission(3)) == []
    assert not b.state.rows("SELECT 1 FROM placed UNION ALL SELECT 1 FROM held")
