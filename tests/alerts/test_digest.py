"""Summaries out of the store, made once at their time."""

from alerts.digest import compose, make_due
from alerts.settings import AlertSettings
from alerts.store import AlertStore
from contract.instants import DAY, FAR_FUTURE, HOUR, MINUTE
from tests.alerts import world
from tests.alerts.conftest import Database

CONFIG = AlertSettings(_env_file=None, digest_at="08:30", weekly_at="mon 09:00")
MORNING = world.T0 + DAY - 18 * HOUR + 8 * HOUR + 30 * MINUTE
"""Monday, 08:30 UTC: the day after today's webinar."""


def test_the_summary_of_a_stored_day(quiet: Database) -> None:
    title, text = compose(quiet.client, CONFIG, MORNING, "daily")
    assert title == "Webinars of Sun 22 Nov"
    assert "Yesterday: 1 webinar, 100 registrants, attendance rate 44.0 %" in text
    assert "Today:\n• SQL in an hour (Mon 23 Nov, 18:00 UTC, ru)" in text


def test_the_week_of_a_stored_history(quiet: Database) -> None:
    title, text = compose(quiet.client, CONFIG, MORNING, "weekly")
    assert title == "Webinars of week 47, Mon 16 Nov to Sun 22 Nov 2026"
    assert text.startswith("Last week: 7 webinars, 700 registrants, attendance rate 44.0 %")


def test_a_week_page_read_later_calls_only_what_is_to_come_planned(quiet: Database) -> None:
    webinars, coming = "zoom:today", "• SQL in an hour (Mon 23 Nov, 18:00 UTC, ru)"
    # The page of the week before, read on Sunday at 12:00 and at 19:00: today's began at 18:00, all others are over.
    noon, evening = world.T0 - 6 * HOUR, world.T0 + HOUR
    _, before = compose(quiet.client, CONFIG, noon, "weekly")
    _, after = compose(quiet.client, CONFIG, evening, "weekly")
    assert "Planned this week: 1 webinar\n• SQL in an hour (Sun 22 Nov, 18:00 UTC, ru)" in before
    assert "Planned" not in after
    _, morning = compose(quiet.client, CONFIG, MORNING, "weekly")
    assert f"Planned this week: 1 webinar\n{coming}" in morning
    assert webinars not in morning


def test_that_registrations_are_behind_is_said_of_what_is_to_come(quiet: Database) -> None:
    said = (("pace", world.TODAY), ("drop", world.TODAY), ("pace", "zoom:tomorrow"))
    rows = [(f"{kind} {one}", one, kind, world.T0, FAR_FUTURE, f"said of a {kind} of {one}") for kind, one in said]
    names = ["finding_id", "webinar_id", "kind", "since", "until", "sentence"]
    quiet.client.insert("findings", rows, names)
    _, text = compose(quiet.client, CONFIG, MORNING, "daily")
    quiet.client.command("TRUNCATE TABLE findings")
    assert "said of a drop of zoom:today" in text
    assert "said of a pace of zoom:tomorrow" in text
    assert "said of a pace of zoom:today" not in text


def test_a_summary_is_made_once_at_its_time(quiet: Database) -> None:
    store = AlertStore(quiet.client)
    for at in (MORNING - MINUTE, MORNING, MORNING + MINUTE, MORNING + 31 * MINUTE, MORNING + 40 * MINUTE):
        make_due(quiet.client, store, CONFIG, at)
    made = [one.message_id for one in store.messages(MORNING - DAY) if one.kind == "digest"]
    assert made == ["digest:daily:2026-11-23", "digest:weekly:2026-11-23"]
    make_due(quiet.client, store, CONFIG, MORNING + DAY + 7 * HOUR)
    assert len(store.messages(MORNING - DAY)) == 2
