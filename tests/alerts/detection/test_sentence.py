"""Sentences for people: what fell, of how many, and what is to blame; points that add up."""

from fractions import Fraction

from alerts.detection.cause import Cause
from alerts.detection.findings import Finding, Segment
from alerts.detection.reason import BY_SOURCE, Cell, Part, Reason, explain
from alerts.detection.sentence import headline, part_line

USUAL = [Cell(60, 24, "vk", "vk"), Cell(40, 20, "mail", "mail")]
LEAD = Finding(Segment("zoom:1", "total", ""), "visits", 160, 48, 0.44, 0.03, 14, 1e-4)


def of(now: list[Cell]) -> Reason:
    found = explain(now, [(1, USUAL)], by=BY_SOURCE)
    assert found is not None
    return found


def part(dimension: str, value: str, *, new: bool = False) -> Part:
    baseline = None if new else Fraction(2, 5)
    return Part(dimension, value, new, 50, 10, Fraction(1, 2), baseline, Fraction(-1, 10), Fraction(0), ())  # type: ignore[arg-type]


def test_a_new_source_is_named_with_its_people() -> None:
    reason = of([*USUAL, Cell(60, 4, "partner-x", "partner-x")])
    said = headline(LEAD, reason, Cause("new", "source_group", "partner-x", reason.parts[0]))
    assert said == (
        "Attendance rate 30 %, typically 44 % (160 registrants)."
        " Main cause: new source partner-x (60 registrants, 7 % attended)."
    )


def test_a_source_whose_people_stayed_away_is_told_with_what_it_usually_does() -> None:
    reason = of([Cell(60, 6, "vk", "vk"), Cell(40, 20, "mail", "mail")])
    lead = LEAD._replace(registrations=100, converted=26)
    said = headline(lead, reason, Cause("rate", "source_group", "vk", reason.parts[0]))
    assert said.endswith(" Main cause: source vk (60 registrants, 10 % attended, typically 40 %).")


def test_what_all_sources_share_is_said_so() -> None:
    reason = of([Cell(60, 12, "vk", "vk"), Cell(40, 10, "mail", "mail")])
    assert headline(LEAD, reason, Cause("all", "total", "")).endswith(" All sources fell alike, in this webinar only.")
    members = (LEAD, LEAD._replace(segment=Segment("zoom:2", "total", "")))
    together = headline(LEAD, reason, Cause("together", "region", "ru", None, members))
    assert together.endswith("so did all 2 recent webinars of region ru: together 30 %, typically 44 %.")


def test_of_the_fall_of_one_source_group_it_is_not_said_that_all_fell() -> None:
    reason = of([Cell(60, 12, "vk", "vk"), Cell(40, 20, "mail", "mail")])
    lead = LEAD._replace(segment=Segment("zoom:1", "source_group", "vk"))
    alone = headline(lead, reason, Cause("all", "total", ""))
    assert "Attendance rate of source vk" in alone
    assert alone.endswith(" In this webinar only.")
    together = headline(lead, reason, Cause("together", "region", "ru", None, (LEAD, LEAD)))
    assert "So did all 2 recent webinars of region ru" in together
    assert not any("sources fell" in said for said in (alone, together))


def test_a_part_is_called_what_people_call_it() -> None:
    def called(one: Part) -> str:
        return part_line(one, "visits").removeprefix("\N{MINUS SIGN}10.0 pp: ").partition(",")[0]

    assert called(part("source_group", "vk")) == "source vk"
    assert called(part("source", "x", new=True)) == "new raw UTM value x"
    assert called(part("people", "new", new=True)) == "people here for the first time"
    assert called(part("people", "returning")) == "people who registered for an earlier webinar too"
    assert called(part("country", "DE")) == "country DE"
    assert called(part("country", "")) == "no country said"
    assert part_line(part("country", "DE"), "visits_30m").endswith(
        "50 registrants, 20 % stayed 30+ min (typically 50 % of all, 40 % stayed 30+ min)"
    )
