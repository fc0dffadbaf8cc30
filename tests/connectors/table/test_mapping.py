"""Whole tables: headers, repeated and edited rows, fuzzed cells, and half a million rows."""

import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.table.fields import FIELDS, Kind
from connectors.table.layout import NotThisTableError
from connectors.table.mapping import Imported, table_events
from connectors.table.survey import survey
from connectors.toolkit.io.file_rows import read_rows
from connectors.toolkit.rows import Row, RowRejection
from contract.decode import DeadLetter, decode
from contract.events import encode
from contract.topics import TOPIC_OF_TYPE
from tests.connectors.table.tables import NOW, reading, results

REGISTRATIONS = "webinar_id email registered_at utm_source"


def test_running_it_again_gives_the_same_events_with_the_same_ids() -> None:
    rows = ["1|a@example.com|2026-11-01 09:00|vk", "1|b@example.com|2026-11-01 09:00|", "1|x||"]
    first, later = (reading("registrations", REGISTRATIONS, read_at=at) for at in (NOW - 10, NOW))
    assert results(first, *rows) == results(later, *rows)
    moved = results(later, *reversed(rows))
    assert {getattr(one, "event_id", "") for one in moved} == {
        getattr(one, "event_id", "") for one in results(first, *rows)
    }


def test_an_edited_registration_is_another_event_of_the_same_person() -> None:
    read = reading("registrations", REGISTRATIONS)
    old, new = results(read, "1|a@example.com|2026-11-01 09:00|", "1|a@example.com|2026-11-01 09:00|vk")
    assert getattr(old, "person_id", 1) == getattr(new, "person_id", 2)
    assert getattr(old, "event_id", 1) != getattr(new, "event_id", 1)


def test_what_was_read_is_counted_and_empty_rows_are_none() -> None:
    imported = Imported()
    read = reading("registrations", REGISTRATIONS)
    results(read, "1|a@example.com|2026-11-01 09:00|", "", " | ", "2|x||", imported=imported)
    assert (imported.rows, imported.events, imported.rejected, imported.webinars) == (2, 1, 1, {"zoom:1"})


def test_short_rows_are_filled_and_surplus_cells_are_a_rejection_in_files_only() -> None:
    row = ["1", "a@example.com", "2026-11-01 09:00", "vk", "a note"]
    (rejected,) = results(reading("registrations", REGISTRATIONS), row)
    assert isinstance(rejected, RowRejection)
    assert "more cells than the header has columns" in rejected.reason
    (event,) = results(reading("registrations", REGISTRATIONS, is_sheet=True), row)
    (short,) = results(reading("registrations", REGISTRATIONS), row[:3])
    assert not isinstance(event, RowRejection)
    assert not isinstance(short, RowRejection)


def test_the_header_is_found_below_titles_whatever_the_case() -> None:
    read = reading("registrations", REGISTRATIONS)
    rows = [Row(1, ["My webinars"]), Row(2, []), Row(3, ["", "EMAIL ", "Registered_At", "utm_source", "Webinar_ID"])]
    rows += [Row(4, ["x", "a@example.com", "2026-11-01 09:00", "", "1"])]
    ((event, row),) = table_events(rows, read, Imported())
    assert (getattr(event, "webinar_id", ""), row.line) == ("zoom:1", 4)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["webinar_id", "email", "utm_source"], "missing: registered_at"),
        (["webinar_id", "email", "registered_at", "utm_source", "Email"], "line 1: two columns have the name email"),
    ],
)
def test_a_header_that_the_mapping_file_does_not_describe_is_refused(header: list[str], said: str) -> None:
    with pytest.raises(NotThisTableError, match=said):
        list(table_events([Row(1, header)], reading("registrations", REGISTRATIONS), Imported()))


def test_a_refused_header_repeats_no_cell_of_the_table() -> None:
    rows = [Row(line, ["ann@example.com", "Ann"]) for line in range(1, 50)]
    with pytest.raises(NotThisTableError) as error:
        list(table_events(rows, reading("registrations", REGISTRATIONS), Imported()))
    assert "ann" not in str(error.value).lower()


def test_a_row_that_is_known_is_skipped_and_its_rejection_marked() -> None:
    read, imported, asked = reading("registrations", REGISTRATIONS), Imported(), set[str]()
    rows = [Row(1, REGISTRATIONS.split()), Row(2, ["1", "a@example.com", "2026-11-01 09:00"]), Row(3, ["1", "x"])]

    def remember(key: str) -> bool:
        asked.add(key)
        return True

    assert len(list(table_events(rows, read, imported, remember))) == 2
    assert len(asked) == 2
    (again,) = [result for result, _ in table_events(rows, read, imported, lambda key: key not in asked)]
    assert isinstance(again, RowRejection)
    assert again.is_known
    assert (imported.rows, imported.known) == (4, 2)


_cells = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "-", "1", "0", "yes", "no", "a@example.com", "zoom:7", "live", "ended", "cancelled", "12,5", "1:00:00"]
    ),
    st.sampled_from(["2026-11-22 18:00", "2026-11-22 19:30", "2026-11-01T00:00:00Z", "46348.75", "9" * 40, "1e308"]),
    st.integers().map(str),
    st.floats().map(str),
)


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
def test_whatever_stands_in_the_cells_a_row_becomes_events_or_one_rejection(kind: Kind, data: st.DataObject) -> None:
    left_out = {"total_minutes", "total_duration", "watched_percent"}
    left_out |= {"action", "acted_at"} if data.draw(st.booleans()) else {"joined_at", "left_at", "total_seconds"}
    columns = [name for name in FIELDS[kind] if name not in left_out]
    rows = data.draw(st.lists(st.lists(_cells, max_size=len(columns) + 1), max_size=4))
    read = reading(kind, " ".join(columns), is_sheet=data.draw(st.booleans()))
    table = [Row(line, cells) for line, cells in enumerate([columns, *rows], start=1)]
    imported = Imported()
    for result, row in table_events(table, read, imported):
        if isinstance(result, RowRejection):
            assert result.line == row.line
            long = [cell for cell in row.cells if len(cell) > 12]
            assert not any(cell in result.reason for cell in long if cell not in ("2026-11-22 18:00",))
        else:
            value = encode(result)
            assert not isinstance(decode(value, TOPIC_OF_TYPE[result.type], written_at=NOW), DeadLetter)
    assert imported.rejected <= imported.rows <= len(rows)


@pytest.mark.slow
def test_a_large_table_is_read_in_bounded_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("w") as written:
        written.write(";".join(REGISTRATIONS.split()) + "\n")
        for number in range(30_000):
            written.write(f"912 3456 7801;p{number}@example.com;2026-11-{number % 20 + 1:02d} 09:00;vk\n")
    read = reading("registrations", REGISTRATIONS)
    table = table_events(read_rows(file), read, Imported(), surveyed=survey(read_rows(file), read.mapping))
    for _ in zip(range(5_000), table, strict=False):
        pass
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in table) == 25_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000


@pytest.mark.parametrize("word", ["Total", " TOTAL: ", "Grand  total", "Summe", "Итого", "Average", "合計"])
def test_a_row_of_sums_is_nobody_and_no_webinar(word: str) -> None:
    imported = Imported()
    people = reading("attendance", "email webinar_id total_minutes", constants={"starts_at": "2026-11-22 18:00"})
    assert len(results(people, "a@example.com|7|45", f"{word}||45", imported=imported)) == 2
    assert (imported.rows, imported.aside, imported.rejected) == (1, 1, 0)
    old = reading("totals", "webinar_id registrations visits")
    assert [one.webinar_id for one in results(old, "7|5|2", f"{word}|5|2", f"|{word}|2")] == ["zoom:7"]
    titled = reading("totals", "title webinar_id visits")
    assert len(results(titled, f"{word}|8|2", f"{word}||2")) == 2
    named = reading("totals", "visits", webinar_id_from=["Date", "Title"])
    assert len(results(named, "5|1.2.|Python", f"5|{word}|")) == 1


def test_whose_name_is_a_word_of_sums_is_somebody() -> None:
    read = reading("registrations", f"{REGISTRATIONS} country")
    assert len(results(read, ["7", "total@example.com", "2026-11-01 09:00", "total", "Total"])) == 1
    assert len(results(read, ["Total", "ann@example.com", "2026-11-01 09:00", "", ""])) == 1


def test_a_repeated_header_is_no_row() -> None:
    imported = Imported()
    read = reading("registrations", REGISTRATIONS)
    header = ["webinar_id", "EMAIL", " registered_at", "utm_source"]
    assert len(results(read, "1|a@example.com|2026-11-01 09:00|", header, imported=imported)) == 1
    assert (imported.rows, imported.aside) == (1, 1)


def test_a_column_is_known_by_what_can_be_seen_of_its_name() -> None:
    read = reading("registrations", REGISTRATIONS)
    rows = [Row(1, ["\ufeffWebinar\u200b_ID", "\u00a0e\u00admail ", "registered_at\u200e", "ｕｔｍ_source"])]
    rows += [Row(2, ["1", "a@example.com", "2026-11-01 09:00", "vk"])]
    ((event, _),) = table_events(rows, read, Imported())
    assert getattr(event, "webinar_id", "") == "zoom:1"
