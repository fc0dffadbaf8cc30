"""What became of the rows of one file, webinar by webinar."""

from connectors.toolkit.content_id import event_of
from connectors.toolkit.imported_rows import ImportedRows
from connectors.toolkit.rows import RowRejection
from contract.events import Event
from contract.reports import PEOPLE, number_of

_BAD = RowRejection(2, "row", "not readable", [])


def _came(webinar_id: str, number: int) -> Event:
    said = {"type": "registration", "status": "registered", "webinar_id": webinar_id, "platform": "zoom"}
    said |= {"person_id": f"p_{number:032x}", "occurred_at": "2026-11-22T18:00:00.000Z"}
    return event_of(dict(said), 1_800_000_000_000, "table")


def _told(name: str, *results: Event | RowRejection) -> list[tuple[str, int, int]]:
    rows = ImportedRows("table", name)
    for one in results:
        rows.add(one)
    return [(one.webinar_id, one.rows, one.rejected) for one in rows.reports("attendance", len(results), 5_000)]


def test_what_tells_no_webinar_is_of_the_only_one() -> None:
    assert _told("a.csv", _came("zoom:1", 1), _BAD, _came("zoom:1", 2)) == [("zoom:1", 3, 1)]


def test_of_several_webinars_what_tells_none_is_of_none() -> None:
    of_two = RowRejection(3, "row", "no", [], webinar_id="zoom:2")
    assert _told("a.csv", _came("zoom:1", 1), _BAD, of_two) == [("zoom:1", 0, 0), ("zoom:2", 0, 1), ("", 3, 1)]


def test_the_smallest_numbers_stand_for_its_people() -> None:
    rows = ImportedRows("table", "a.csv")
    for number in [*range(0, 100 << 76, 1 << 76), 0, 1 << 76]:
        rows.add(_came("zoom:1", number))
    (told,) = rows.reports("attendance", 1, 5_000)
    assert told.people == list(range(PEOPLE))
    assert number_of("p_" + "f" * 32) < 2**53


def test_the_same_file_has_one_id_and_no_email_leaves_in_a_name() -> None:
    def report(name: str, kind: str) -> tuple[str, str]:
        rows = ImportedRows("table", name)
        rows.add(_came("zoom:1", 1))
        (told,) = rows.reports(kind, 1, 5_000)
        return told.report_id, told.file_name

    assert report("a.csv", "attendance") == report("a.csv", "attendance")
    assert report("a.csv", "attendance")[0] != report("a.csv", "registrations")[0]
    assert report("of ann@example.com.csv", "attendance")[1] == "a file"
