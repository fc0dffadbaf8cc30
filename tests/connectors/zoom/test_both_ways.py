"""Webhooks and REST of the same webinar: one session, one person, one registration each; what was lost is mended."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.mapped import Mapped
from connectors.zoom.mapping import map_message
from contract.events import Event, Joined, Left
from contract.instants import parse_instant
from tests.connectors.zoom.fake_zoom import fake_zoom
from tests.connectors.zoom.polling import polled
from tests.connectors.zoom.said import CONTEXT, accepted, payload, told

WEBINAR = "zoom:98765432101"
AFTER = "2026-11-22T21:30:00Z"
WHEN_POLLED = "2026-11-25T13:00:00Z"
Rows = list[dict[str, Any]]


@pytest.fixture
def rest() -> Iterator[tuple[list[Event], Rows]]:
    """What a poll says of the webinar, and the participants that it was made of."""
    with fake_zoom() as fake:
        held = fake.webinars["98765432101"]
        said = [event for event in polled(fake).events if event.webinar_id == WEBINAR]
        yield said, held["runs"][0]["participants"]


def webhooks(rows: Rows, hide_emails: bool = False) -> list[list[Event]]:
    """For each row the events of its joined and of its left message, as Zoom would have sent them."""
    return [
        _sent(row, kind, hide_emails) for row in rows if row["status"] == "in_meeting" for kind in ("join", "leave")
    ]


def _sent(row: dict[str, Any], kind: str, hide_emails: bool) -> list[Event]:
    message = payload(f"participant_{'joined' if kind == 'join' else 'left'}")
    message["payload"]["object"]["participant"] = {
        "user_id": row["user_id"],
        "id": row["id"],
        "email": "" if hide_emails else row["user_email"],
        "registrant_id": row["registrant_id"],
        f"{kind}_time": row[f"{kind}_time"],
    }
    return accepted(map_message(message, CONTEXT).mapped)


def plan() -> list[Event]:
    names = ("webinar_created", "webinar_started", "webinar_ended", "registration_created")
    mapped: list[Mapped] = [one for name in names for one in map_message(payload(name), CONTEXT).mapped]
    return accepted(mapped)


def test_the_same_stay_is_literally_the_same_event(rest: tuple[list[Event], Rows]) -> None:
    said, rows = rest
    by_rest = {event.event_id for event in said}
    ann = next(row for row in rows if row["user_id"] == "16778240")
    for events in webhooks([ann]):
        assert {event.event_id for event in events if isinstance(event, Joined | Left)} <= by_rest


@pytest.mark.parametrize("hide_emails", [False, True])
def test_both_ways_count_everybody_once(rest: tuple[list[Event], Rows], hide_emails: bool) -> None:
    said, rows = rest
    live = [event for events in webhooks(rows, hide_emails) for event in events] + plan()
    alone, both = told(said, WHEN_POLLED, WEBINAR), told([*live, *said], WHEN_POLLED, WEBINAR)
    for name in ("registrations", "visits_all", "visits", "visits_5m", "visits_30m", "walk_ins", "registered_visits"):
        assert both[name] == alone[name], name
    assert told([*said, *reversed(live)], WHEN_POLLED, WEBINAR) == both
    sessions = {event.session_id for event in [*live, *said] if isinstance(event, Joined | Left)}
    assert len(sessions) == 7


def test_before_the_reconciliation_hidden_emails_count_by_registrant_id(rest: tuple[list[Event], Rows]) -> None:
    _, rows = rest
    live = [event for events in webhooks(rows, hide_emails=True) for event in events] + plan()
    row = told(live, AFTER, WEBINAR)
    # Ann's two stays are one registered visit; Bob, Gus, the anonymous one and Pat are not known to be registered.
    assert (row["visits_all"], row["registered_visits"], row["walk_ins"]) == (5, 1, 4)


def test_a_lost_leave_is_mended_under_the_same_session(rest: tuple[list[Event], Rows]) -> None:
    said, rows = rest
    gus = next(row for row in rows if row["user_email"] == "gus@example.org")
    joined, _left = webhooks([gus])
    before = told([*plan(), *joined], AFTER, WEBINAR)
    assert (before["visits"], before["visits_5m"], before["visits_30m"]) == (1, 1, 1)
    of_gus = [event for event in said if getattr(event, "person_id", "") == joined[0].person_id]  # type: ignore[union-attr]
    mended = told([*plan(), *joined, *of_gus], WHEN_POLLED, WEBINAR)
    assert (mended["visits"], mended["visits_5m"], mended["visits_30m"]) == (1, 0, 0)
    ids = {event.session_id for event in [*joined, *of_gus] if isinstance(event, Joined | Left)}
    assert len(ids) == 1


def test_a_leave_lost_by_everybody_is_mended(rest: tuple[list[Event], Rows]) -> None:
    said, rows = rest
    joins = [event for events in webhooks(rows)[::2] for event in events]
    # Pat among them: a webhook does not tell a panelist.
    assert told([*plan(), *joins], AFTER, WEBINAR)["visits_30m"] == 5
    alone, mended = told(said, WHEN_POLLED, WEBINAR), told([*plan(), *joins, *said], WHEN_POLLED, WEBINAR)
    assert mended["visits_30m"] == alone["visits_30m"] == 2
    assert mended["visits_full"] == alone["visits_full"] == 1


def test_the_host_that_comes_back_is_live_again(rest: tuple[list[Event], Rows]) -> None:
    said, _ = rest
    message = payload("webinar_started")
    message["event_ts"] = parse_instant("2026-11-22T19:40:00Z")
    again = accepted(map_message(message, CONTEXT).mapped)
    before_reading = [event for event in said if event.occurred_at <= parse_instant("2026-11-22T19:40:00Z")]
    assert told([*before_reading, *again], "2026-11-22T19:45:00Z", WEBINAR)["completeness"] == "on_now"


def test_a_leave_that_is_delivered_again_after_a_rejoin_ends_no_second_stay() -> None:
    """Zoom repeats what was not answered in time, and then it comes after later messages."""

    def sent(kind: str, user_id: str, at: str) -> list[Event]:
        message = payload(f"participant_{'joined' if kind == 'join' else 'left'}")
        said = {"user_id": user_id, "id": "", "email": "ann@example.com", "registrant_id": "R1", f"{kind}_time": at}
        message["payload"]["object"]["participant"] = said
        return accepted(map_message(message, CONTEXT).mapped)

    first = sent("leave", "16778240", "2026-11-22T18:20:00Z")
    said = [*plan(), *sent("join", "16778240", "2026-11-22T18:00:00Z"), *first]
    said += [*sent("join", "16779264", "2026-11-22T18:21:00Z"), *sent("leave", "16778240", "2026-11-22T18:20:00Z")]
    said += sent("leave", "16779264", "2026-11-22T18:29:00Z")
    row = told(said, AFTER, WEBINAR)
    # 20 and 8 minutes; an endless or merged stay would be more than half an hour.
    assert (row["visits"], row["visits_5m"], row["visits_30m"]) == (1, 1, 0)
    assert sent("leave", "16778240", "2026-11-22T18:20:00Z")[0].event_id == first[0].event_id
