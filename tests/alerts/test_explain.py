"""The computation behind a verdict, as people read it."""

from alerts.detection.settings import DropSettings
from alerts.explain import explained
from alerts.read import Reader
from contract.instants import DAY, MINUTE
from tests.alerts import world
from tests.alerts.conftest import Database

SETTINGS = DropSettings()


def test_the_computation_of_a_webinar(dropped: Database) -> None:
    lines = list(explained(Reader(dropped.client), world.TODAY, world.T0 + 30 * MINUTE, 14, SETTINGS))
    text = "\n".join(lines)
    assert lines[0] == "zoom:today: SQL in an hour (Sun 22 Nov, 18:00 UTC, ru)"
    assert "Compared with the last 14 webinars of the same course, region and format." in text
    assert next(line for line in lines if line.startswith("In short")).startswith(
        "In short: Attendance rate 30 %, typically 44 % (160 registrants). Main cause: new source"
    )
    whole = next(line for line in lines if line.split()[:2] == ["attended", "all"])
    assert whole.split()[2:5] == ["160", "30%", "44%"]
    assert whole.endswith("drop")
    vk = next(line for line in lines if line.split()[:2] == ["attended", "vk"])
    assert vk.endswith("typical")
    assert "\N{MINUS SIGN}14.00 pp against 44.0%; the parts below add up to it" in text
    assert "\N{MINUS SIGN}14.00 = mix \N{MINUS SIGN}14.00, rate 0.00  Partner-X: n=60, 6.7% (new)" in text


def test_the_computation_of_an_upcoming_webinar_is_its_pace(quiet: Database) -> None:
    lines = list(explained(Reader(quiet.client), "zoom:tomorrow", world.T0 + 30 * MINUTE, 14, SETTINGS))
    assert lines[-1] == "Behind, beyond chance."


def test_a_webinar_that_nobody_knows_has_no_computation(quiet: Database) -> None:
    assert list(explained(Reader(quiet.client), "zoom:none", world.T0, 14, SETTINGS)) == []


def test_a_usual_webinar_is_said_to_have_no_drop_and_a_past_one_is_shown_as_it_ended(quiet: Database) -> None:
    lines = list(explained(Reader(quiet.client), "zoom:3", world.T0, 14, SETTINGS))
    assert lines[1] == "Looked at as of 2026-11-19T20:00:00.000Z; it has ended, its numbers may still grow."
    assert "In short: no drop that is surely more than chance." in lines
    assert not any(line.endswith("drop") for line in lines)


def test_an_empty_room_is_the_first_thing_that_is_said(empty_room: Database) -> None:
    lines = list(explained(Reader(empty_room.client), world.TODAY, world.T0 + 12 * MINUTE, 14, SETTINGS))
    assert "In short: Nobody is in the room 12 minutes after its start (60 registrants)." in lines
    assert any(line.startswith("No segment could be judged") for line in lines)
    assert "No earlier webinar is like it." in lines
    assert lines[-1] == "Registrants: too few earlier webinars like it to say what is typical."


def test_an_earlier_webinar_of_a_drop_is_marked_where_it_says_what_is_usual(quiet: Database) -> None:
    # Long after all others of this database, so that they do not see it.
    begin, late = world.T0 - DAY, world.T0 + 300 * DAY
    names = ["finding_id", "webinar_id", "kind", "metric", "since", "until", "sentence", "reasons", "evaluated_at"]
    row = ["again", "zoom:1", "drop", "visits", late, late + DAY, "", "", late]
    quiet.client.insert("findings", [row], column_names=names)
    reader = Reader(quiet.client)
    assert not reader.webinars(late - 1)["zoom:1"].webinar.had_drop
    had_drop = [webinar_id for webinar_id, one in reader.webinars(late).items() if one.webinar.had_drop]
    assert had_drop == ["zoom:1"]
    assert reader.webinars(late)["zoom:1"].webinar.begin == begin
