"""Words of messages: names, times of day where the webinar is, points that add up, and nothing that says nothing."""

from fractions import Fraction

import pytest

from alerts import wording
from alerts.detection.gaps import Gap
from alerts.detection.measurements import Webinar
from alerts.detection.pace import Pace
from alerts.detection.reason import Cell, Reason, explain
from alerts.evidence import WebinarInfo
from contract.instants import parse_instant

BEGIN = parse_instant("2026-11-22T18:00:00.000Z")
WEBINAR = Webinar("zoom:1", BEGIN, "zoom", "SQL", "ru", "ru", "live", 7, 21)
HELD = WebinarInfo(WEBINAR, "SQL in an hour", BEGIN, "Europe/Moscow", True)


def change(now: list[Cell]) -> Reason | None:
    return explain(now, [(1, [Cell(60, 24, "vk", "vk"), Cell(40, 20, "mail", "mail")])])


def test_a_webinar_is_called_by_title_local_time_and_region() -> None:
    assert wording.name(HELD) == "SQL in an hour (Sun 22 Nov, 21:00 Moscow, ru)"
    assert (
        wording.name(HELD._replace(webinar=WEBINAR._replace(region=""))) == "SQL in an hour (Sun 22 Nov, 21:00 Moscow)"
    )
    assert len(wording.name(HELD._replace(title="x" * 5_000))) < 300


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../etc"])
def test_a_zone_that_there_is_not_is_utc(zone: str) -> None:
    assert f"{wording.local_time(BEGIN, zone):%H:%M}" == "18:00"


def test_a_title_says_whether_it_begins_or_is_over() -> None:
    assert wording.title("drop", True, "SQL") == "Attendance below typical: SQL"
    assert wording.title("drop", False, "SQL") == "Resolved: attendance below typical: SQL"
    assert wording.pooled_name("region=ru", 3) == "region 'ru', 3 webinars together"


def test_the_parts_that_matter_are_told_and_of_the_first_what_is_inside() -> None:
    now = [Cell(60, 24, "vk", "vk"), Cell(40, 20, "mail", "mail"), Cell(30, 0, "new", "a"), Cell(30, 4, "new", "b")]
    lines = wording.reason_lines(change(now), "visits")
    assert [line.partition(",")[0] for line in lines] == [
        "\N{MINUS SIGN}14.0 pp: new source new",
        "in it \N{MINUS SIGN}8.2 pp: new raw UTM value a",
        "in it \N{MINUS SIGN}5.8 pp: new raw UTM value b",
    ]


def test_with_one_source_there_are_no_parts_to_tell() -> None:
    one = explain([Cell(50, 10, "vk")], [(1, [Cell(50, 20, "vk")])])
    assert wording.reason_lines(one, "visits") == []
    assert wording.mix_line(one) == ""
    assert wording.reason_lines(None, "visits") == []
    assert wording.mix_line(None) == ""


def test_mix_and_rate_add_up_as_they_are_shown() -> None:
    now = [Cell(60, 18, "vk", "vk"), Cell(40, 20, "mail", "mail"), Cell(60, 4, "new", "new")]
    assert wording.mix_line(change(now)).startswith("Of \N{MINUS SIGN}18 pp, ")
    words = wording.mix_line(change(now)).replace("\N{MINUS SIGN}", "-").split()
    whole, mix, rate = (int(word) for word in words if word.lstrip("+-").isdigit())
    assert whole == mix + rate


def test_a_pace_is_one_sentence_with_the_gap_that_is_widest() -> None:
    gaps = (Gap("vk", 3, Fraction(40), False), Gap("mail", 20, Fraction(18), False))
    pace = Pace(23, Fraction(58), Fraction(100), 41.2, 35.0, 50.4, 14, "", gaps, True)
    assert wording.pace_sentence(pace, 3.2) == (
        "23 registrants 3 days before the start, typically 58 by then; 41 expected (35 to 50), typically 100."
        " Most are missing from source vk (3, typically 40)."
    )
    assert wording.pace_sentence(pace, 0.5).startswith("23 registrants 12 hours before the start")
    # No reason rests on a few people.
    few = pace._replace(gaps=(Gap("vk", 3, Fraction(6), False),))
    assert wording.pace_sentence(few, 3.2).endswith("typically 100.")


def test_a_share_that_nobody_knows_is_not_zero() -> None:
    assert (wording.percent(None), wording.percent(0.0), wording.percent(Fraction(42, 100))) == ("n/a", "0 %", "42 %")
