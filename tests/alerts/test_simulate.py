"""The detector over stored history says what it would have sent."""

from alerts.detection.settings import DropSettings
from alerts.read import Reader
from alerts.simulate import simulate
from contract.instants import MINUTE
from tests.alerts import world
from tests.alerts.conftest import Database

SETTINGS = DropSettings()


def test_the_history_with_a_weak_source_would_have_sent_one_message(dropped: Database) -> None:
    said = list(simulate(Reader(dropped.client), world.T0 + 30 * MINUTE, 1, 0, SETTINGS))
    assert [(one.kind, one.webinar_id) for one in said] == [("drop", world.TODAY)]
    assert said[0].created_at <= world.T0 + 15 * MINUTE
    assert "source Partner-X" in said[0].text.splitlines()[0]


def test_a_quiet_history_would_have_sent_nothing_about_conversions(quiet: Database) -> None:
    said = list(simulate(Reader(quiet.client), world.T0 + 30 * MINUTE, 3, 2, SETTINGS))
    assert {one.kind for one in said} <= {"pace"}
