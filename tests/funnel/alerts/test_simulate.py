"""The detector over stored history says what it would have sent; the computation can be read."""

from funnel.alerts.explain import explained
from funnel.alerts.read import Reader
from funnel.alerts.simulate import simulate
from streams.drops.settings import DropSettings
from streams.instants import MINUTE
from tests.funnel.alerts import world
from tests.funnel.alerts.conftest import Database

SETTINGS = DropSettings()


def test_the_history_with_a_weak_source_would_have_sent_one_message(dropped: Database) -> None:
    said = list(simulate(Reader(dropped.client), world.T0 + 30 * MINUTE, 1, 0, SETTINGS))
    assert [(one.kind, one.webinar_id) for one in said] == [("drop", world.TODAY)]
    assert said[0].created_at <= world.T0 + 15 * MINUTE
    assert "partner-x" in said[0].text.splitlines()[0]


def test_a_quiet_history_would_have_sent_nothing_about_conversions(quiet: Database) -> None:
    said = list(simulate(Reader(quiet.client), world.T0 + 30 * MINUTE, 3, 2, SETTINGS))
    assert {one.kind for one in said} <= {"pace"}


def test_the_computation_of_a_webinar(dropped: Database) -> None:
    lines = list(explained(Reader(dropped.client), world.TODAY, world.T0 + 30 * MINUTE, 14, SETTINGS))
    text = "\n".join(lines)
    assert lines[0] == "zoom:today: SQL in an hour (22.11. 18:00, ru)"
    assert "Usual: 14 earlier webinars with the same course, region and format." in text
    assert any(line.split()[:2] == ["visits", "all"] and line.endswith("drop") for line in lines)
    assert "-14.00 points against 44.0%; the parts below add up to it" in text
    assert "-14.00 = mix -14.00, rate +0.00  partner-x: n=60, 6.7% (new)" in text


def test_the_computation_of_an_upcoming_webinar_is_its_pace(quiet: Database) -> None:
    lines = list(explained(Reader(quiet.client), "zoom:tomorrow", world.T0 + 30 * MINUTE, 14, SETTINGS))
    assert lines[-1] == "Behind: a warning."


def test_a_webinar_that_nobody_knows_has_no_computation(quiet: Database) -> None:
    assert list(explained(Reader(quiet.client), "zoom:none", world.T0, 14, SETTINGS)) == []
