"""What only the whole table tells."""

from zoneinfo import ZoneInfo

import pytest
import yaml

from connectors.mapped import Context
from connectors.table.cells import Reading
from connectors.table.layout import NotThisTableError
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import parse
from connectors.toolkit.rows import Row
from tests.connectors.table.tables import NOW, SECRET, events, reading, rejections, results

PERSON = "webinar_id email"


@pytest.mark.parametrize(("others", "seconds"), [(["45.5"], 61_440), (["45,5"], 61)])
def test_thousands_or_decimals_the_column_decides(others: list[str], seconds: int) -> None:
    read = reading("attendance", f"{PERSON} total_minutes")
    rows = [f"1|a{number}@example.com|{text}" for number, text in enumerate(["1,024", *others])]
    assert events(read, *rows)[0]["total_seconds"] == seconds


def test_what_nothing_decides_is_refused_unless_it_is_said() -> None:
    read = reading("attendance", f"{PERSON} total_minutes")
    rows = ["1|a@example.com|1,024", "1|b@example.com|1.024"]
    assert [reason.partition("?")[0] for reason in rejections(read, *rows)] == [
        "2: total_minutes: a thousand or a decimal",
        "3: total_minutes: a thousand or a decimal",
    ]
    said = reading("attendance", f"{PERSON} total_minutes", decimal=".")
    assert [one["total_seconds"] for one in events(said, *rows)] == [61_440, 61]


def test_seconds_with_decimals_are_no_thousands_of_them() -> None:
    read = reading("attendance", f"{PERSON} total_seconds")
    rows = [f"1|a{number}@example.com|{text}" for number, text in enumerate(["615.250", "2715.750", "60", "1,024"])]
    assert [one["total_seconds"] for one in events(read, *rows)] == [615, 2716, 60, 1024]
    assert rejections(read, rows[0]) == [
        '2: total_seconds: a thousand or a decimal? say decimal: "," or "." in the mapping file'
    ]


def test_people_are_whole_and_a_dot_parts_thousands_unless_the_column_has_decimals() -> None:
    read = reading("totals", "webinar_id visits")

    def visits(*column: str) -> list[int]:
        said = events(read, *(f"{number}|{text}" for number, text in enumerate(column, start=1)))
        return [one["visits"] for one in said]

    assert visits("1.024", "388") == [1024, 388]
    assert visits("388.000", "1024.000") == [388, 1024]
    assert rejections(reading("totals", "webinar_id visits", is_sheet=True), "1|1.024") == [
        "2: visits: not a whole number"
    ]


@pytest.mark.parametrize(
    ("column", "seconds"),
    [
        (["0.875", "1", "0.05"], [3150, 3600, 180]),
        (["0,5", "0", "1,0"], [1800, None, 3600]),
        (["0.5", "87"], [18, 3132]),
        (["87%", "0.5%", "100 %"], [3132, 18, 3600]),
        (["87.5\u00a0%", "100\u202f%", "％50", "5 percent"], [3150, 3600, 1800, 180]),
        (["0", "0"], [None, None]),
    ],
)
def test_percent_or_parts_of_one_the_column_decides(column: list[str], seconds: list[int | None]) -> None:
    """Workbooks and sheets hold 87.5 % as 0.875."""
    read = reading("attendance", f"{PERSON} watched_percent", constants={"duration_minutes": "60"})
    said = [
        one["total_seconds"] for one in events(read, *[f"1|a{n}@example.com|{text}" for n, text in enumerate(column)])
    ]
    assert said == [one for one in seconds if one is not None]


def test_a_column_of_ones_may_be_one_percent_or_all_of_it() -> None:
    read = reading("attendance", f"{PERSON} watched_percent", constants={"duration_minutes": "60"})
    assert rejections(read, "1|a@example.com|1", "1|b@example.com|1.0") == [
        f"{line}: watched_percent: 1 percent, or all of it? write 1 % or 100 %" for line in (2, 3)
    ]


def test_dates_in_another_order_than_said_refuse_the_whole_table() -> None:
    read = reading("attendance", f"{PERSON} joined_at", dates=["%m/%d/%Y %H:%M"])
    rows = ["1|a@example.com|05/10/2026 18:00", "1|b@example.com|28/09/2026 18:00"]
    with pytest.raises(NotThisTableError, match=r"line 3: joined_at: a date that can only be day first.*%d first"):
        results(read, *rows)


def table(*lines: str) -> list[Row]:
    return [Row(number, line.split("|")) for number, line in enumerate(lines, start=1)]


TEAMS = table(
    "1. Summary", "Meeting title|Demo", "",
    "2. Participants", "Name|First join|Last leave|In-meeting duration|Email",
    "Ann|15/11/22, 09:31:00|15/11/22, 10:30:00|59m|ann@example.com",
    "Bob|15/11/22, 09:30:00|15/11/22, 10:30:00|4m|Bob@example.com", "",
    "3. In-Meeting activities", "Name|Join time|Leave time|Duration|Email",
    "Bob|15/11/22, 09:30:00|15/11/22, 09:32:00|2m|Bob@example.com",
    "Bob|15/11/22, 10:28:00|15/11/22, 10:30:00|2m|Bob@example.com",
)  # fmt: skip
FORMS = {"dates": ["%d/%m/%y, %H:%M:%S"], "constants": {"webinar_id": "t1"}}


def mapped(said: dict[str, object]) -> Reading:
    mapping = parse(yaml.safe_dump({"timezone": "Europe/Berlin", **said}), "m.yaml")
    return Reading(mapping, ZoneInfo(mapping.timezone), Context(SECRET, NOW), NOW)


def read_teams(columns: dict[str, object], **more: object) -> tuple[list[dict[str, object]], Imported]:
    read = mapped({"kind": "attendance", "platform": "teams", "columns": columns, **FORMS, **more})
    imported = Imported()
    said = [result for result, _ in table_events(TEAMS, read, imported)]
    return [one.model_dump(mode="json") for one in said], imported  # type: ignore[union-attr]


def test_a_file_of_several_tables_ends_where_the_next_one_begins() -> None:
    columns: dict[str, object] = {
        "email": "Email",
        "joined_at": "First join",
        "left_at": "Last leave",
        "total_duration": "In-meeting duration",
    }
    said, imported = read_teams(columns, times="first_and_last")
    assert [one["total_seconds"] for one in said] == [59 * 60, 240]
    assert (imported.rows, imported.rejected, imported.other_rows) == (2, 0, 4)


def test_a_section_is_chosen_by_its_title_or_by_its_header() -> None:
    columns: dict[str, object] = {"email": "Email", "joined_at": "Join time", "left_at": "Leave time"}
    by_title, _ = read_teams(columns, section="3. In-Meeting activities")
    by_header, _ = read_teams(columns)
    assert [one["kind"] for one in by_title] == ["joined", "left"] * 2
    assert [one["event_id"] for one in by_header] == [one["event_id"] for one in by_title]


def test_an_unknown_section_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(NotThisTableError, match=r"no section 4\. Polls.*1\. Summary, 2\. Participants, 3\. In-Meeting"):
        read_teams({"email": "Email", "joined_at": "Join time"}, section="4. Polls")


def test_a_list_of_one_column_has_no_titles() -> None:
    """The line is logged and published with the run of a poll."""
    columns = {"webinar_id": "W", "email": "E", "registered_at": "R"}
    read = mapped({"kind": "registrations", "platform": "zoom", "section": "People", "columns": columns})
    rows = table("Ann Lee|", "ann@example.com|", "Ann Lee|", "ann@example.com|", "a|b", "|", "Notes|", "c|d")
    with pytest.raises(NotThisTableError) as refused:
        list(table_events(rows, read, Imported()))
    assert (
        str(refused.value) == "no section People in this file; there are: Notes. Correct section in the mapping file."
    )


def test_two_columns_make_one_time() -> None:
    columns = {"webinar_id": "W", "email": "E", "total_minutes": "M", "joined_at": ["Date", "Time"]}
    read = mapped({"kind": "attendance", "platform": "zoom", "columns": columns, "dates": ["%d/%m/%Y %H:%M"]})
    rows = table("W|E|M|Date|Time", "1|a@example.com|45|10/11/2026|18:05")
    said = [one.model_dump(mode="json") for one, _ in table_events(rows, read, Imported())]  # type: ignore[union-attr]
    assert {one["occurred_at"] for one in said} == {"2026-11-10T17:05:00.000Z"}


def test_times_without_a_date_take_the_date_that_is_said() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at", dates=["%I:%M %p"], constants={"date": "2026-11-10"})
    said = events(read, "1|a@example.com|11:02 PM|12:05 AM")
    assert [one["occurred_at"] for one in said] == ["2026-11-10T22:02:00.000Z", "2026-11-10T23:05:00.000Z"]
    undated = reading("attendance", f"{PERSON} joined_at left_at", dates=["%I:%M %p"])
    assert "a time without a date" in rejections(undated, "1|a@example.com|11:02 PM|12:05 AM")[0]


def test_hosts_are_named_where_no_column_says_so() -> None:
    read = reading("attendance", f"{PERSON} joined_at", hosts=["Host@Example.com"])
    said = events(read, "1|host@example.com|2026-11-10 18:00", "1|a@example.com|2026-11-10 18:00")
    assert [one.get("role") for one in said] == ["host", None]
