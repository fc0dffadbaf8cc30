"""Rows of Zoom's REST lists: whatever they hold, they become events or a rejection."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapped import Mapped, Reason, Rejection
from connectors.zoom.detail import detail_of, ended_statement, is_rehearsal, planned_statement, run_of
from connectors.zoom.payload import FieldError
from connectors.zoom.rows import Known, participant_events, registrant_events
from connectors.zoom.statement import CAPABILITIES
from contract.events import Registration, Webinar, encode
from contract.instants import parse_instant
from tests.connectors.zoom.fake_zoom import REST
from tests.connectors.zoom.said import CONTEXT, NOW
from tests.connectors.zoom.test_mapping import JSON, places

HELD: dict[str, Any] = {path.stem: json.loads(path.read_bytes()) for path in REST.glob("*.json")}
DETAIL = detail_of(HELD["single"]["detail"])
FAY = HELD["single"]["registrants"]["denied"][0]


def check(mapped: list[Mapped]) -> None:
    """Everything that is not rejected can be published."""
    for one in mapped:
        if not isinstance(one, Rejection):
            encode(one)  # type: ignore[arg-type]


def changed(data: st.DataObject, value: Any) -> Any:
    """The value with anything in one of its fields."""
    value = copy.deepcopy(value)
    *way, last = data.draw(st.sampled_from(places(value)))
    target = value
    for key in way:
        target = target[key]
    target[last] = data.draw(JSON)
    return value


@given(data=st.data(), status=st.sampled_from(["approved", "pending", "denied"]))
def test_any_json_in_a_registrants_row(data: st.DataObject, status: str) -> None:
    row = changed(data, HELD["single"]["registrants"]["approved"][0])
    check(registrant_events(row, status, "zoom:1", NOW, None, Known(), CONTEXT))


@given(data=st.data())
def test_any_json_in_a_participants_row(data: st.DataObject) -> None:
    row = changed(data, HELD["single"]["runs"][0]["participants"][2])
    check(participant_events(row, "uuid", "zoom:1", DETAIL, Known(), CONTEXT))


@given(data=st.data(), name=st.sampled_from(sorted(HELD)))
def test_any_json_in_a_webinar_or_its_report(data: st.DataObject, name: str) -> None:
    detail, report = changed(data, HELD[name]["detail"]), changed(data, HELD[name]["runs"][0]["report"])
    try:
        read = detail_of(detail)
        for planned in read.occurrences:
            check([planned_statement(read, planned, NOW, CONTEXT, CAPABILITIES)])
        run = run_of("uuid", report)
    except FieldError:
        return
    check([ended_statement(read, "zoom:1", None, [run], CONTEXT, CAPABILITIES)])


def denied_at(now: str, begin: str | None) -> int:
    context = type(CONTEXT)(CONTEXT.secret, parse_instant(now))
    mapped = registrant_events(FAY, "denied", "zoom:1", begin and parse_instant(begin), None, Known(), context)  # type: ignore[arg-type]
    (event,) = [one for one in mapped if isinstance(one, Registration) and one.status == "denied"]
    return event.occurred_at


def test_a_denial_is_said_once_a_day_and_not_later_than_it_matters() -> None:
    begin = "2026-11-22T18:00:00Z"
    assert denied_at("2026-11-22T08:00:00Z", begin) == denied_at("2026-11-22T17:00:00Z", begin)
    assert denied_at("2026-11-22T08:00:00Z", begin) == parse_instant("2026-11-22T00:00:00Z")
    assert denied_at("2026-12-22T08:00:00Z", begin) == parse_instant(begin)
    assert denied_at("2026-11-21T14:00:00Z", None) == parse_instant("2026-11-21T13:00:00Z")


def test_a_row_without_a_time_is_rejected() -> None:
    row = {**FAY, "create_time": ""}
    assert registrant_events(row, "denied", "zoom:1", None, None, Known(), CONTEXT) == [
        Rejection(Reason.MISSING_FIELD, "create_time")
    ]


def test_who_registered_for_a_later_occurrence_is_not_said_of_this_one() -> None:
    known = Known()
    row = HELD["single"]["registrants"]["approved"][0]
    until = parse_instant(row["create_time"]) - 1
    assert not registrant_events(row, "approved", "zoom:1", None, until, known, CONTEXT)
    assert known.email_of == {"Reg1Invented": "ann@example.com"}


@pytest.mark.parametrize(
    ("practice", "started", "ended", "rehearsal", "said"),
    [
        (False, "17:40", "19:00", False, "17:40"),
        (True, "17:40", "19:00", False, None),
        (True, "18:02", "19:00", False, "18:02"),
        (True, "15:00", "15:30", True, None),
        (False, "15:00", "15:30", False, "15:00"),
    ],
)
def test_a_practice_session_is_no_begin(
    practice: bool, started: str, ended: str, rehearsal: bool, said: str | None
) -> None:
    raw = {**HELD["single"]["detail"], "settings": {"practice_session": practice}}
    detail = detail_of(raw)
    day = "2026-11-22T"
    run = run_of("uuid", {"start_time": f"{day}{started}:00Z", "end_time": f"{day}{ended}:00Z"})
    (planned,) = detail.occurrences
    assert is_rehearsal(detail, planned, run) is rehearsal
    event = ended_statement(detail, "zoom:1", planned.starts_at, [run], CONTEXT, CAPABILITIES)
    assert isinstance(event, Webinar)
    assert event.started_at == (parse_instant(f"{day}{said}:00Z") if said else None)


def test_a_run_on_a_day_without_a_plan_is_a_rehearsal_only_with_practice_sessions() -> None:
    run = run_of("uuid", {"start_time": "2026-11-20T10:00:00Z", "end_time": "2026-11-20T11:00:00Z"})
    raw = HELD["recurring"]["detail"]
    assert not is_rehearsal(detail_of(raw), None, run)
    assert is_rehearsal(detail_of({**raw, "settings": {"practice_session": True}}), None, run)
