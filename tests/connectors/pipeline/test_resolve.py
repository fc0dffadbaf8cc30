"""From what was mapped to records: decided once, whenever and however often it comes."""

from pathlib import Path

import orjson
import pytest

from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.pipeline.forgotten import remember
from connectors.pipeline.quarantine import payload_of, quarantined, quarantined_by_reason
from connectors.pipeline.release import Release
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.pipeline.zoom_names import Names
from connectors.toolkit.content_id import event_of
from contract.events import Event
from contract.forgotten import forgotten_id
from contract.instants import HOUR, format_instant
from contract.reports import ImportedFile
from contract.topics import CONNECTOR_REPORTS, REGISTRATIONS, WEBINARS

NOON = 1_795_348_800_000
PERSON = {"person_id": "p_" + "5" * 32, "domain_id": "d_" + "6" * 32}


class Place:
    """A state and a folder of rules, as two processes see them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = State(folder / "data")
        (folder / "business").mkdir()
        self.resolver = Resolver(self.state, folder / "business")
        self.sent: list[Outgoing] = []
        self.release = Release(self.resolver, self.sent.extend)

    def rules(self, text: str) -> None:
        replacement = self.folder / "next.yaml"
        replacement.write_text(text)
        replacement.rename(self.folder / "business" / "forms.yaml")

    def resolve(self, *mapped: Event | FormRegistration | Rejection, payload: bytes = b"") -> list[Outgoing]:
        return self.resolver.resolve([Arrival("demo", one, NOON, payload) for one in mapped])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def submission(number: int = 1, status: str = "registered") -> FormRegistration:
    return FormRegistration("demo", "landing", f"s{number}", NOON, PERSON, status, source={"utm_source": "mail"})


def webinar(number: int, starts_at: int, **more: object) -> Event:
    content = {
        "type": "webinar",
        "webinar_id": f"zoom:{number}",
        "platform": "zoom",
        "occurred_at": format_instant(NOON),
        "starts_at": format_instant(starts_at),
        "service": {"series_id": "zoom:weekly"},
        **more,
    }
    return event_of(content, NOON, "zoom")


def said(record: Outgoing) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(record.value)
    return found


def test_a_registration_becomes_the_event_of_its_submission(place: Place) -> None:
    place.rules("forms: [{form: landing, webinar: zoom:1}]")
    (record,) = place.resolve(submission())
    assert (record.topic, record.key) == (REGISTRATIONS.name, b"zoom:1")
    assert said(record) == {
        "type": "registration",
        "event_id": "demo:s1",
        "webinar_id": "zoom:1",
        "platform": "demo",
        "occurred_at": format_instant(NOON),
        "received_at": format_instant(NOON),
        "schema_version": 1,
        "status": "registered",
        "source": {"utm_source": "mail"},
        **PERSON,
    }


def test_without_a_rule_it_waits_and_is_told_once(place: Place) -> None:
    (first,) = place.resolve(submission(), payload=b"ann@example.com")
    (again,) = place.resolve(submission(), payload=b"ann@example.com")
    assert first == again
    assert first.topic == CONNECTOR_REPORTS.name
    assert said(first)["reason"] == Reason.UNMAPPED_FORM
    assert said(first)["form"] == "demo/landing"
    assert b"example.com" not in first.value
    assert quarantined_by_reason(place.state) == [("demo", "unmapped_form", "demo/landing", 1)]


def test_a_rule_added_afterwards_publishes_what_waited_with_the_same_id(place: Place) -> None:
    place.resolve(submission(1), submission(2))
    assert place.release.look(NOON + HOUR) == 0
    place.rules("forms: [{form: landing, webinar: zoom:1}]")
    assert place.release.look(NOON + HOUR) == 2
    events = [said(one) for one in place.sent if one.topic == REGISTRATIONS.name]
    assert [(one["event_id"], one["webinar_id"]) for one in events] == [("demo:s1", "zoom:1"), ("demo:s2", "zoom:1")]
    reports = [said(one) for one in place.sent if one.topic == CONNECTOR_REPORTS.name]
    assert [one["released"] for one in reports] == [True, True]
    # The same as a delivery that comes when the rule is there already.
    (now,) = place.resolve(submission(1))
    assert said(now) == events[0]
    assert place.release.look(NOON + HOUR) == 0
    assert quarantined(place.state, 10) == []


def test_what_is_released_leaves_no_payload(place: Place) -> None:
    place.resolve(submission(), payload=b"ann@example.com")
    (one,) = quarantined(place.state, 10)
    assert payload_of(place.state, one.id) == b"ann@example.com"
    place.rules("forms: [{webinar: zoom:1}]")
    place.release.look(NOON)
    assert payload_of(place.state, one.id) is None


def test_nothing_is_looked_at_again_while_nothing_has_changed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.resolve(submission())
    assert place.release.look(NOON) == 0
    monkeypatch.setattr("connectors.pipeline.quarantine.waiting", lambda *_: pytest.fail("looked again"))
    assert place.release.look(NOON) == 0


def test_a_name_given_in_a_release_that_failed_is_given_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    day = format_instant(NOON)[:10]
    place.resolve(submission())
    place.rules(f"forms: [{{form: landing, webinar: 'zoom:1234:{day}'}}]")
    monkeypatch.setattr("connectors.pipeline.release.assign", lambda *_: int("no number"))
    with pytest.raises(ValueError, match="no number"):
        place.release.look(NOON)
    monkeypatch.undo()
    assert place.release.look(NOON) == 1
    assert Names(place.state).of_report("1234", NOON, "UTC") == f"zoom:1234:{day}"


def test_a_webinar_learnt_by_another_process_publishes_what_waited(place: Place) -> None:
    place.rules("forms: [{next_of_series: zoom:weekly}]")
    place.resolve(submission())
    assert place.release.look(NOON) == 0
    with State(place.folder / "data") as state:
        Resolver(state, place.folder / "business").resolve(
            [Arrival("zoom", webinar(1, NOON - HOUR), NOON), Arrival("zoom", webinar(2, NOON + HOUR), NOON)]
        )
    assert place.release.look(NOON) == 1
    assert place.sent[0].key == b"zoom:2"


def test_one_that_another_process_held_meanwhile_is_looked_at(place: Place) -> None:
    place.rules("forms: [{webinar: zoom:1}]")
    assert place.release.look(NOON) == 0
    with State(place.folder / "data") as state:
        (place.folder / "elsewhere").mkdir()
        Resolver(state, place.folder / "elsewhere").resolve([Arrival("demo", submission(), NOON)])
    assert place.release.look(NOON) == 1


def test_a_release_cut_off_before_it_was_marked_sends_the_same_again(place: Place) -> None:
    place.resolve(submission())
    place.rules("forms: [{webinar: zoom:1}]")

    def cut_off(records: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Release(place.resolver, cut_off).look(NOON)
    place.rules("forms: [{webinar: zoom:2, service: dem*}]")
    assert place.release.look(NOON) == 1
    assert place.sent[0].key == b"zoom:1"


def test_a_repeated_delivery_stays_where_it_was_placed(place: Place) -> None:
    place.rules("forms: [{webinar: zoom:1}]")
    (first,) = place.resolve(submission())
    place.rules("forms: [{webinar: zoom:22}]")
    (again,) = place.resolve(submission())
    (cancelled,) = place.resolve(submission(status="cancelled"))
    assert again == first
    assert cancelled.key == b"zoom:1"


def test_what_was_learnt_in_a_batch_that_failed_is_not_known(place: Place) -> None:
    place.rules("forms: [{next_of_series: zoom:weekly}]")
    learnt = Arrival("zoom", webinar(1, NOON + HOUR), NOON)
    faulty = Arrival("demo", Rejection(Reason.NO_PERSON, ""), NOON, None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        place.resolver.resolve([learnt, Arrival("demo", submission(), NOON), faulty])
    (record,) = place.resolve(submission())
    assert record.topic == CONNECTOR_REPORTS.name
    assert place.resolver.version() == (place.resolver.rules.version, 0)


def test_a_registration_that_no_worker_would_take_is_rejected(place: Place) -> None:
    place.rules("forms: [{webinar: zoom:1}]")
    (record,) = place.resolve(FormRegistration("demo", "landing", "s1", NOON + 100 * HOUR, PERSON))
    assert said(record)["reason"] == Reason.TIME_OUT_OF_RANGE


def test_a_rejection_is_kept_with_its_payload_and_told_without(place: Place) -> None:
    rejection = Rejection(Reason.NO_PERSON, "email: missing")
    (record,) = place.resolve(rejection, payload=b'{"name": "Ann"}')
    place.resolve(rejection, payload=b'{"name": "Ann"}')
    assert said(record)["detail"] == "email: missing"
    assert b"Ann" not in record.value
    (one,) = quarantined(place.state, 10)
    assert payload_of(place.state, one.id) == b'{"name": "Ann"}'


def test_the_order_of_what_arrives_is_kept(place: Place) -> None:
    place.rules("forms: [{next_of_series: zoom:weekly}]")
    records = place.resolve(webinar(1, NOON + HOUR), submission(), webinar(2, NOON + HOUR // 2))
    assert [(one.topic, one.key) for one in records] == [
        (WEBINARS.name, b"zoom:1"),
        (REGISTRATIONS.name, b"zoom:1"),
        (WEBINARS.name, b"zoom:2"),
    ]


def test_a_wrong_file_leaves_the_last_good_rules_standing(place: Place) -> None:
    place.rules("forms: [{webinar: zoom:1}]")
    place.resolve(submission(1))
    place.rules("forms: [{webinra: zoom:22}]")
    (record,) = place.resolve(submission(2))
    assert record.key == b"zoom:1"
    assert "forms.yaml:1: unknown key webinra; did you mean webinar?" in place.resolver.rules.error


def test_a_rule_and_a_report_name_one_occurrence(place: Place) -> None:
    assert Names(place.state).of_report("1234", NOON, "UTC") == "zoom:1234"
    day = format_instant(NOON)[:10]
    place.rules(f"forms: [{{form: landing, webinar: 'zoom:1234:{day}'}}]")
    (record,) = place.resolve(submission())
    assert (record.key, said(record)["webinar_id"]) == (b"zoom:1234", "zoom:1234")


def test_a_rule_that_comes_first_names_the_report_too(place: Place) -> None:
    day = format_instant(NOON)[:10]
    place.resolve(submission())
    place.rules(f"forms: [{{form: landing, webinar: 'zoom:1234:{day}'}}]")
    assert place.release.look(NOON + HOUR) == 1
    assert Names(place.state).of_report("1234", NOON, "UTC") == f"zoom:1234:{day}"


def test_a_report_of_rows_is_about_the_same_occurrence(place: Place) -> None:
    assert Names(place.state).of_report("1234", NOON, "UTC") == "zoom:1234"
    about = {"webinar_id": f"zoom:1234:{format_instant(NOON)[:10]}", "task": "attendance", "rejected": 1}
    report = ImportedFile.model_validate({"connector": "sheets", "report_id": "1", "at": NOON, **about})
    record = place.resolver.reported(report)
    assert (record.key, said(record)["webinar_id"]) == (b"sheets", "zoom:1234")


def test_nothing_of_a_forgotten_person_is_published_or_kept(place: Place) -> None:
    """Nor of a registrant that a service links to it."""
    place.rules("forms: [{form: landing, webinar: zoom:1}]")
    registrant = "r_" + "7" * 32
    common: dict[str, object] = {"webinar_id": "zoom:1", "platform": "zoom", "occurred_at": format_instant(NOON)}
    linked: dict[str, object] = {"type": "identity", "person_id": registrant, "same_as": PERSON["person_id"], **common}
    seen: dict[str, object] = {"type": "attendance", "kind": "joined", "session_id": "s", **common}
    link, join = event_of(linked, NOON, "zoom"), event_of(seen | {"person_id": registrant}, NOON, "zoom")
    other = event_of(seen | {"person_id": "r_" + "8" * 32}, NOON, "zoom")
    assert len(place.resolve(submission(1), link, join, other)) == 4
    remember(place.state, [forgotten_id(PERSON["person_id"])])
    assert [said(one)["person_id"] for one in place.resolve(submission(2), link, join, other)] == ["r_" + "8" * 32]
    assert place.resolve(submission(2)) == []
    assert quarantined(place.state, 10) == []
