"""Which cause is named first, and in which words."""

from alerts.detection.alarm import Change
from alerts.detection.cause import Cause, change_of, first_cause, members_of
from alerts.detection.detect import judge
from alerts.detection.findings import TOTAL, Finding
from alerts.detection.measurements import Counts, Moment, Webinar
from alerts.detection.reason import Cell, Reason, explain
from alerts.detection.sentence import headline, missing, part_line
from tests.alerts.detection.webinars import PAST, SETTINGS, TODAY, baseline, moment, rates


def cells(groups: dict[str, Counts]) -> list[Cell]:
    return [Cell(one.registrations, one.visits or 0, group, group) for group, one in groups.items()]


def caused(groups: dict[str, Counts], *others: Moment) -> tuple[Finding, Reason, Cause]:
    moments = [moment(groups), *others]
    findings = judge(moments, {one.webinar.webinar_id: baseline() for one in moments}, SETTINGS)
    lead = next(one for one in findings if one.segment[:2] == (TODAY.webinar_id, TOTAL) and one.metric == "visits")
    weights = {one.webinar_id: one.weight for one in baseline().members}
    reason = explain(cells(groups), [(weights[one.webinar_id], cells(rates(int(one.webinar_id[5:])))) for one in PAST])
    assert reason is not None
    return lead, reason, first_cause(lead, reason, findings, {one.webinar.webinar_id: one.webinar for one in moments})


def test_a_new_source_is_named_with_its_numbers() -> None:
    new = {"a": Counts(331, 132), "b": Counts(221, 88), "partner-x": Counts(260, 31)}
    assert headline(*caused(new)) == (
        "Attendance rate 31 %, typically 40 % (812 registrants)."
        " Main cause: new source partner-x (260 registrants, 12 % attended)."
    )


def test_a_source_whose_rate_fell_is_named_with_what_it_was() -> None:
    assert headline(*caused({"a": Counts(300, 60), "b": Counts(200, 82)})) == (
        "Attendance rate 28 %, typically 40 % (500 registrants)."
        " Main cause: source a (300 registrants, 20 % attended, typically 40 %)."
    )


def test_a_drop_in_all_sources_of_one_webinar_says_so() -> None:
    *_, cause = found = caused({"a": Counts(300, 84), "b": Counts(200, 56)}, moment(rates(1), today=another("r", 1)))
    assert cause.kind == "all"
    assert headline(*found).endswith(" All sources fell alike, in this webinar only.")


def test_a_region_whose_webinars_all_fell_is_named_and_not_a_course_whose_others_did_not() -> None:
    low = {"a": Counts(300, 84), "b": Counts(200, 56)}
    others = [moment(low, today=another("r", 1, course="d")), moment(rates(1), today=another("q", 2))]
    *_, cause = found = caused(low, *others)
    assert (cause.kind, cause.dimension, cause.value, len(cause.members)) == ("together", "region", "r", 2)
    assert headline(*found).endswith("so did all 2 recent webinars of region r: together 28 %, typically 40 %.")


def test_more_from_a_weaker_source_is_named_as_mix() -> None:
    reason = explain([Cell(200, 100, "a"), Cell(600, 120, "b")], [(1, [Cell(600, 300, "a"), Cell(200, 40, "b")])])
    assert reason is not None
    lead, _, _ = caused({"a": Counts(300, 60), "b": Counts(200, 80)})
    assert first_cause(lead, reason, [lead], {TODAY.webinar_id: TODAY}).kind == "mix"


def test_a_part_says_what_it_adds_and_what_it_was() -> None:
    _, reason, _ = caused({"a": Counts(300, 60), "b": Counts(200, 82)})
    assert part_line(reason.parts[0], "visits") == (
        "\N{MINUS SIGN}12.0 pp: source a, 300 registrants, 20 % attended (typically 60 % of all, 40 % attended)"
    )


def test_an_empty_room_and_a_silent_service_are_said_in_words() -> None:
    assert missing(Change("zoom:1", "usual", "empty"), 300, 10) == (
        "Nobody is in the room 10 minutes after its start (300 registrants)."
    )
    assert missing(Change("zoom:1", "usual", "silent"), 300, 10).startswith(
        "No data since its start 10 minutes ago (300"
    )


# What is inside a source group, as raw sources and campaigns say it. Of group `a` 300 are usual, of `b` 200.
USUAL_CELLS = [
    Cell(200, 80, "a", "google", "brand"),
    Cell(100, 40, "a", "bing", ""),
    Cell(200, 80, "b", "mail", "news"),
]


def said(now: list[Cell], dimension: str = TOTAL, value: str = "") -> str:
    """The first sentence about the webinar of today, or about one of its source groups."""
    groups: dict[str, Counts] = {}
    for cell in now:
        before = groups.get(cell.source_group, Counts(0, 0))
        groups[cell.source_group] = Counts(
            before.registrations + cell.registrations, (before.visits or 0) + cell.converted
        )
    findings = judge([moment(groups)], {TODAY.webinar_id: baseline()}, SETTINGS)
    segment = (TODAY.webinar_id, dimension, value)
    lead = next(one for one in findings if one.segment == segment and one.metric == "visits")
    reason = change_of(lead, [(now, [(1, USUAL_CELLS)])])
    assert reason is not None
    assert sum(part.change for part in reason.parts) == reason.change
    return headline(lead, reason, first_cause(lead, reason, findings, {TODAY.webinar_id: TODAY}))


NEW_INSIDE = [*USUAL_CELLS, Cell(260, 31, "a", "partner-x", "launch")]


def test_a_new_raw_source_inside_a_group_is_named_where_the_whole_webinar_dropped() -> None:
    assert said(NEW_INSIDE) == (
        "Attendance rate 30 %, typically 40 % (760 registrants)."
        " Main cause: new raw UTM value partner-x in source a (260 registrants, 12 % attended)."
    )


def test_a_new_raw_source_inside_a_group_is_named_where_that_group_dropped() -> None:
    assert said(NEW_INSIDE, "source_group", "a") == (
        "Attendance rate of source a 27 %, typically 40 % (560 registrants)."
        " Main cause: new raw UTM value partner-x (260 registrants, 12 % attended)."
    )


def test_of_two_causes_inside_a_group_the_larger_is_named() -> None:
    now = [Cell(200, 60, "a", "google", "brand"), *USUAL_CELLS[1:], Cell(260, 31, "a", "partner-x", "launch")]
    sentence = said(now, "source_group", "a")
    assert sentence.startswith(
        "Attendance rate of source a 23 %, typically 40 % (560 registrants). Main cause: new raw"
    )


def test_a_new_campaign_of_a_known_source_is_named_with_its_group() -> None:
    assert said([*USUAL_CELLS, Cell(260, 31, "a", "google", "summer")]).endswith(
        " Main cause: new campaign summer in source a (260 registrants, 12 % attended)."
    )


def test_one_raw_source_whose_people_stayed_away_is_named_inside_its_group() -> None:
    now = [Cell(200, 20, "a", "google", "brand"), *USUAL_CELLS[1:]]
    for sentence in (said(now), said(now, "source_group", "a")):
        assert "Main cause: raw UTM value google" in sentence
        assert "(200 registrants, 10 % attended, typically 40 %)" in sentence


def test_where_all_of_a_group_fell_alike_its_largest_source_is_not_blamed() -> None:
    now = [Cell(200, 30, "a", "google", "brand"), Cell(100, 15, "a", "bing", ""), USUAL_CELLS[2]]
    assert "Main cause: source a (" in said(now)
    assert said(now, "source_group", "a").endswith(" The other sources are within their typical range.")


def test_a_value_that_nobody_said_is_never_the_name_of_a_cause() -> None:
    assert "campaign" not in said([*USUAL_CELLS, Cell(260, 31, "a", "google", "")])


def test_more_people_from_a_weaker_source_of_a_group_are_told_with_both_shares() -> None:
    baseline_cells = [Cell(250, 115, "a", "google"), Cell(50, 5, "a", "bing"), USUAL_CELLS[2]]
    now = [Cell(100, 46, "a", "google"), Cell(200, 20, "a", "bing"), USUAL_CELLS[2]]
    findings = judge([moment({"a": Counts(300, 66), "b": Counts(200, 80)})], {TODAY.webinar_id: baseline()}, SETTINGS)
    lead = next(one for one in findings if one.segment.value == "a" and one.metric == "visits")
    reason = change_of(lead, [(now, [(1, baseline_cells)])])
    assert reason is not None
    assert headline(lead, reason, first_cause(lead, reason, findings, {TODAY.webinar_id: TODAY})).endswith(
        " Main cause: more registrants of raw UTM value bing (200 registrants, 67 % of all, typically 17 %;"
        " 10 % attended)."
    )


def test_inside_a_group_a_small_mix_is_not_named_before_a_larger_part() -> None:
    now = [Cell(300, 39, "a", "google", "brand"), USUAL_CELLS[2]]
    sentence = said(now, "source_group", "a")
    assert "bing" not in sentence
    assert "Attendance rate of source a 13 %, typically 40 % (300 registrants)." in sentence


def test_a_part_larger_than_the_whole_is_the_cause_though_others_went_up() -> None:
    up = [Cell(200, 100, "a", "google", "brand"), *USUAL_CELLS[1:], Cell(200, 10, "x", "x")]
    assert said(up).endswith(" Main cause: new source x (200 registrants, 5 % attended).")


def test_no_reason_rests_on_fewer_than_five_people() -> None:
    # Many new sources of four people each, none of whom came: together they make the drop, and none of them is named.
    few = [Cell(4, 0, f"new-{number}", f"new-{number}") for number in range(60)]
    assert said([*USUAL_CELLS, *few]).endswith(" No single source explains it.")
    assert said([*USUAL_CELLS, *few, Cell(60, 0, "x", "x")]).endswith(
        " Main cause: new source x (60 registrants, 0 % attended)."
    )


def test_a_region_says_what_all_its_webinars_have_in_common() -> None:
    webinars = {TODAY.webinar_id: TODAY, "zoom:401": another("r", 1)}
    new = {"a": Counts(300, 120), "b": Counts(200, 80), "partner-x": Counts(200, 24)}
    low = {"a": Counts(300, 84), "b": Counts(200, 56)}
    ends = []
    for groups in (new, low):
        moments = [moment(groups, today=one) for one in webinars.values()]
        findings = judge(moments, dict.fromkeys(webinars, baseline()), SETTINGS)
        lead = next(one for one in findings if one.segment == ("", "region", "r") and one.metric == "visits")
        assert len(members_of(lead, findings, webinars)) == 2
        reason = change_of(lead, [(cells(groups), [(1, cells(rates(1)))])] * 2)
        assert reason is not None
        said = headline(lead, reason, first_cause(lead, reason, findings, webinars))
        assert "Attendance rate in all recent webinars of region r " in said
        ends.append(said.partition("). ")[2])
    assert ends == [
        "Main cause: new source partner-x (400 registrants, 12 % attended).",
        "Its 2 webinars fell together, and no single source explains it.",
    ]


def another(region: str, number: int, course: str = "c") -> Webinar:
    return TODAY._replace(webinar_id=f"zoom:40{number}", region=region, course=course, language=region)
