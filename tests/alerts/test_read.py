"""What the alerts read is what the report says, at every elapsed time."""

from collections import Counter

from alerts.detection.measurements import Counts
from alerts.detection.settings import DropSettings
from alerts.evidence import Plan, plan
from alerts.read import Reader
from contract.instants import DAY, FAR_FUTURE, MINUTE
from funnel.report.numbers import Question, by_webinar_and_source
from tests.alerts import world
from tests.alerts.conftest import Database

SETTINGS = DropSettings()


def planned(reader: Reader, at: int) -> Plan:
    return plan(reader.webinars(at).values(), at, SETTINGS, 14)


def test_the_curve_of_a_webinar_is_the_report_minute_by_minute(dropped: Database) -> None:
    reader = Reader(dropped.client)
    now = world.T0 + 40 * MINUTE
    curves = reader.curves([world.TODAY, "zoom:3"], now)
    for webinar_id, begin, minutes in (
        (world.TODAY, world.T0, (3, 7, 40)),
        ("zoom:3", world.T0 - 3 * DAY, (0, 2, 31, 60)),
    ):
        for minute in minutes:
            question = Question(at=begin + minute * MINUTE, webinar_ids=(webinar_id,))
            said = {
                row["source_group"]: Counts(
                    row["registrations"],
                    row["registered_visits"],
                    row["registered_visits_5m"],
                    row["registered_visits_30m"],
                )
                for row in by_webinar_and_source(dropped.client, question)
            }
            assert said
            assert curves[webinar_id].groups(minute) == said


def test_the_final_numbers_are_those_of_the_report(dropped: Database) -> None:
    finals = Reader(dropped.client).finals(world.T0)
    assert len(finals) == world.DAYS
    assert finals["zoom:3"].groups["vk"] == Counts(60, 23, 23, 23, 23)
    assert (finals["zoom:3"].visits_all, finals["zoom:3"].walk_ins) == (44, 0)


def test_a_curve_is_read_once_while_nothing_changes(dropped: Database) -> None:
    reader = Reader(dropped.client)
    first = reader.curves(["zoom:3"], world.T0)
    assert reader.curves(["zoom:3"], world.T0 + MINUTE)["zoom:3"] is first["zoom:3"]


def test_the_people_of_a_change_add_up_to_its_counts(dropped: Database) -> None:
    reader = Reader(dropped.client)
    now = world.T0 + 20 * MINUTE
    cells = reader.cells([world.TODAY, "zoom:1"], 20 * MINUTE, "visits", now)
    assert sum(cell.registrations for cell in cells[world.TODAY]) == 160
    assert sum(cell.converted for cell in cells[world.TODAY]) == 24 + 20 + 4
    assert {(cell.source_group, cell.source, cell.campaign, cell.people) for cell in cells[world.TODAY]} == {
        (source.lower(), source, "autumn", "new") for source in ("vk", "mail", "Partner-X")
    }
    of_countries = Counter[str]()
    for cell in cells[world.TODAY]:
        of_countries[cell.country] += cell.registrations
    assert of_countries == {"DE": 80, "FR": 80}
    at_the_end = reader.cells(["zoom:1"], FAR_FUTURE, "visits_full", now)
    assert sum(cell.converted for cell in at_the_end["zoom:1"]) == 24 + 20


def test_only_what_is_on_or_was_a_day_ago_is_judged_and_all_past_ones_alike_say_what_is_usual(
    dropped: Database,
) -> None:
    reader = Reader(dropped.client)
    found = planned(reader, world.T0 + 20 * MINUTE)
    assert sorted(one.webinar.webinar_id for one in found.judged) == ["zoom:1", world.TODAY]
    assert found.peers[world.TODAY].n == world.DAYS
    assert found.peers[world.TODAY].likeness == "the same course, region and format"
