"""Which cause is named first, and in which words."""

from streams.drops.alarm import Change
from streams.drops.cause import Cause, first_cause
from streams.drops.cohort import Counts, Moment, Webinar
from streams.drops.detect import TOTAL, Finding, judge
from streams.drops.reason import Cell, Reason, explain
from streams.drops.sentence import headline, missing, part_line
from tests.streams.drops.webinars import PAST, SETTINGS, TODAY, moment, rates, usual


def cells(groups: dict[str, Counts]) -> list[Cell]:
    return [Cell(one.registrations, one.visits or 0, group, group) for group, one in groups.items()]


def caused(groups: dict[str, Counts], *others: Moment) -> tuple[Finding, Reason, Cause]:
    moments = [moment(groups), *others]
    findings = judge(moments, {one.webinar.webinar_id: usual() for one in moments}, SETTINGS)
    lead = next(one for one in findings if one.segment[:2] == (TODAY.webinar_id, TOTAL) and one.metric == "visits")
    weights = {one.webinar_id: one.weight for one in usual().members}
    reason = explain(cells(groups), [(weights[one.webinar_id], cells(rates(int(one.webinar_id[5:])))) for one in PAST])
    assert reason is not None
    return lead, reason, first_cause(lead, reason, findings, {one.webinar.webinar_id: one.webinar for one in moments})


def test_a_new_source_is_named_with_its_numbers() -> None:
    new = {"a": Counts(331, 132), "b": Counts(221, 88), "partner-x": Counts(260, 31)}
    assert headline(*caused(new)) == (
        "Conversion to a visit is 31 % instead of 40 % (n=812); all of it (9 points) is"
        " the new source group 'partner-x': 260 registrations, 12 % came"
    )


def test_a_source_whose_rate_fell_is_named_with_what_it_was() -> None:
    assert headline(*caused({"a": Counts(300, 60), "b": Counts(200, 82)})) == (
        "Conversion to a visit is 28 % instead of 40 % (n=500); all of it (12 points) is"
        " source group 'a', where fewer came: 20 % instead of 40 % of 300 registrations"
    )


def test_a_drop_in_all_sources_of_one_webinar_says_so() -> None:
    *_, cause = found = caused({"a": Counts(300, 84), "b": Counts(200, 56)}, moment(rates(1), today=another("r", 1)))
    assert cause.kind == "all"
    assert headline(*found).endswith("all sources fell alike, in this webinar only")


def test_a_region_whose_webinars_all_fell_is_named_and_not_a_course_whose_others_did_not() -> None:
    low = {"a": Counts(300, 84), "b": Counts(200, 56)}
    others = [moment(low, today=another("r", 1, course="d")), moment(rates(1), today=another("q", 2))]
    *_, cause = found = caused(low, *others)
    assert (cause.kind, cause.dimension, cause.value, len(cause.members)) == ("together", "region", "r", 2)
    assert headline(*found).endswith("recent webinars of region 'r': 2 webinars, together 28 % instead of 40 %")


def test_more_from_a_weaker_source_is_named_as_mix() -> None:
    reason = explain([Cell(200, 100, "a"), Cell(600, 120, "b")], [(1, [Cell(600, 300, "a"), Cell(200, 40, "b")])])
    assert reason is not None
    lead, _, _ = caused({"a": Counts(300, 60), "b": Counts(200, 80)})
    assert first_cause(lead, reason, [lead], {TODAY.webinar_id: TODAY}).kind == "mix"


def test_a_part_says_what_it_adds_and_what_it_was() -> None:
    _, reason, _ = caused({"a": Counts(300, 60), "b": Counts(200, 82)})
    assert part_line(reason.parts[0], "visits") == (
        "-12.0 points: source group 'a', 300 registrations, 20 % came (usually 60 % of all, 40 % came)"
    )


def test_an_empty_room_and_a_silent_service_are_said_in_words() -> None:
    assert "nobody is in the room: 300" in missing(Change("zoom:1", "usual", "empty"), 300, 10)
    assert "nothing has been heard" in missing(Change("zoom:1", "usual", "silent"), 300, 10)


def another(region: str, number: int, course: str = "c") -> Webinar:
    return TODAY._replace(webinar_id=f"zoom:40{number}", region=region, course=course, language=region)
