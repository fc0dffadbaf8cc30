"""Tracked links: who came by which, how often each was followed; n/a without the scope, and that is said once."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.toolkit.io.http import ServiceError
from connectors.zoom.poll import NO_SOURCES
from contract.events import Registration, Totals
from contract.instants import HOUR, MINUTE, parse_instant
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom
from tests.connectors.zoom.polling import client_of, polled, run
from tests.connectors.zoom.said import NOW, told

SINGLE, AHEAD = "zoom:98765432101", "zoom:98765432105"
LATER = "2026-11-28T12:00:00Z"


@pytest.fixture
def fake() -> Iterator[FakeZoom]:
    with fake_zoom() as fake:
        yield fake


def views(outbox: MemoryOutbox, webinar_id: str, at: str = LATER) -> dict[str | None, Any]:
    """Page views of the webinar, and by source, in the contract's own words."""
    row = told(outbox.events, at, webinar_id)
    by_source = {group: one["page_views"] for group, one in row["by_source"].items() if one["page_views"] is not None}
    return {None: row["page_views"], **by_source}


def sources(outbox: MemoryOutbox) -> set[str | None]:
    return {one.source.tracking_code for one in outbox.events if isinstance(one, Registration) and one.source}


def test_views_by_tracked_link_before_the_webinar_and_after_it(fake: FakeZoom) -> None:
    outbox = polled(fake)
    assert views(outbox, SINGLE) == {None: 42, "partner-x": 40, "unused": 2}
    assert views(outbox, AHEAD, "2026-11-25T12:00:00Z") == {None: 7, "partner-x": 7}
    assert told(outbox.events, LATER, SINGLE)["by_source"]["unused"]["registrations"] == 0
    assert not outbox.rejected


def test_a_later_reading_replaces_the_earlier_one_and_one_alike_is_not_said_again(fake: FakeZoom) -> None:
    (link,) = fake.webinars["98765432105"]["tracking_sources"]
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        run(client, outbox, cursors)
        known = len(outbox.events)
        run(client, outbox, cursors, NOW + 15 * MINUTE)
        assert len(outbox.events) == known
        link["visitor_count"] = 19
        run(client, outbox, cursors, NOW + HOUR)
    assert len(outbox.events) == known + 1
    assert views(outbox, AHEAD, "2026-11-25T12:30:00Z") == {None: 7, "partner-x": 7}
    assert views(outbox, AHEAD, "2026-11-25T13:00:00Z") == {None: 19, "partner-x": 19}


@pytest.mark.parametrize("count", ["registrationr_count", "registration_count"])
def test_the_count_of_registrations_is_read_as_zoom_spells_it(fake: FakeZoom, count: str) -> None:
    for link in fake.webinars["98765432101"]["tracking_sources"]:
        link[count] = link.pop("registrationr_count")
    assert "partner-x" in sources(polled(fake))


def test_a_link_that_cannot_be_read_is_a_rejection_and_no_view_is_guessed(fake: FakeZoom) -> None:
    fake.webinars["98765432101"]["tracking_sources"][1]["visitor_count"] = "many"
    outbox = polled(fake)
    assert [one.detail for one, _ in outbox.rejected] == ["visitor_count: not a whole number"]
    assert views(outbox, SINGLE) == {None: None, "partner-x": 40}


def test_a_webinar_that_has_no_page_for_registering_is_read_all_the_same(fake: FakeZoom) -> None:
    fake.without_registration.add("98765432101")
    outbox = polled(fake)
    assert views(outbox, SINGLE) == {None: None}
    assert told(outbox.events, LATER, SINGLE)["visits_30m"] == 2


def test_without_the_scope_all_else_is_read_and_that_is_said_once(fake: FakeZoom) -> None:
    fake.may_read_sources = False
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    with client_of(fake) as client:
        with pytest.raises(ServiceError, match="may not read tracked links") as error:
            run(client, outbox, cursors)
        assert "\n" not in str(error.value)
        run(client, outbox, cursors, NOW + HOUR)
        assert views(outbox, SINGLE) == {None: None}
        assert told(outbox.events, LATER, SINGLE)["visits_30m"] == 2
        assert "partner-x" not in sources(outbox)
        fake.may_read_sources = True
        run(client, outbox, cursors, NOW + 2 * HOUR, Span(since=parse_instant("2026-11-22T00:00:00Z")))
    assert views(outbox, SINGLE) == {None: 42, "partner-x": 40, "unused": 2}
    assert "partner-x" in sources(outbox)


def test_of_two_scopes_that_are_missing_both_are_said(fake: FakeZoom) -> None:
    fake.may_read_sources = fake.may_read_recordings = False
    with pytest.raises(ServiceError, match=r"recordings.*tracked links"):
        polled(fake)
    assert "page views" in NO_SOURCES


@pytest.mark.parametrize("fault", ["throttled", "server error", "rows missing"])
def test_faults_while_links_are_read_change_nothing(fake: FakeZoom, fault: str) -> None:
    whole = polled(fake)
    places = [number for number, path in enumerate(fake.asked, start=1) if path.split("?")[0].endswith("sources")]
    assert places
    fake.asked.clear()
    fake.faults = dict.fromkeys(places, fault)
    again = polled(fake)
    assert {one.event_id for one in again.events} == {one.event_id for one in whole.events}


def test_totals_are_said_in_the_contracts_words(fake: FakeZoom) -> None:
    (said,) = [one for one in polled(fake).events if isinstance(one, Totals) and one.webinar_id == AHEAD]
    assert said.reported_at == NOW
    assert [(one.source.tracking_code, one.page_views) for one in said.page_views_by_source or ()] == [("partner-x", 7)]
