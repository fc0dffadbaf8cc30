"""The view rejected_rows: a mark stays until its file, or a corrected one, was imported whole."""

from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from contract.reports import PEOPLE

_A, _MANY = [3, 5, 8], list(range(100, 100 + PEOPLE))

_KEPT = {
    "nothing else came": [("a.csv", 10, 4, _A)],
    "another part of it is whole": [("a.csv", 10, 4, _A), ("b.csv", 20, 0, [1, 4, 9])],
    "a part of the same people is whole": [("a.csv", 10, 4, _A), ("b.csv", 20, 0, [3, 5])],
    "other people, many": [("a.csv", 10, 4, [101, 500]), ("b.csv", 900, 0, [1, *_MANY[2:], 90_000][:PEOPLE])],
    "all of it was rejected, and fewer rows are whole": [("a.csv", 10, 10, []), ("b.csv", 4, 0, [1, 2])],
    "the whole one came first": [("b.csv", 10, 0, [1, *_A]), ("a.csv", 10, 4, _A)],
}
_CLEARED = {
    "the same file, though with fewer rows": [("a.csv", 10, 4, _A), ("a.csv", 6, 0, [3, 5])],
    "a corrected one of another name": [("a.csv", 10, 4, _A), ("fixed.csv", 10, 0, [1, *_A])],
    "a corrected one with more people than are compared": [("a.csv", 99, 4, _MANY), ("b.csv", 99, 0, [7, *_MANY[:-1]])],
    "all of it was rejected, and as many rows are whole": [("a.csv", 10, 10, []), ("b.csv", 10, 0, [1, 2])],
}


def _imported(
    store: Client, files: list[tuple[str, int, int, list[int]]], connector: str = "table"
) -> list[tuple[Any, ...]]:
    for moment, (file, rows, rejected, people) in enumerate(files, start=1):
        row: dict[str, Any] = {
            "connector": connector,
            "type": "imported",
            "report_id": file,
            "version": moment,
            "at": moment,
        }
        row |= {"task": "attendance", "webinar_id": "zoom:1", "file_name": file, "rows": rows, "rejected": rejected}
        row["people"] = people
        store.insert("connector_reports", [list(row.values())], list(row))
    asked = "SELECT webinar_id, file_name, rejected, sentence FROM rejected_rows"
    return [tuple(row) for row in store.query(asked).result_rows]


@pytest.mark.parametrize("files", _KEPT.values(), ids=_KEPT)
def test_a_webinar_keeps_its_mark(store: Client, files: list[tuple[str, int, int, list[int]]]) -> None:
    rejected = next(rejected for file, _, rejected, _ in files if file == "a.csv")
    said = (
        f"{rejected} of 10 rows of a.csv were rejected, so the numbers are too low. Correct them and import the whole"
    )
    assert _imported(store, files) == [("zoom:1", "a.csv", rejected, f"{said} file again.")]


@pytest.mark.parametrize("files", _CLEARED.values(), ids=_CLEARED)
def test_a_whole_file_takes_the_mark_away(store: Client, files: list[tuple[str, int, int, list[int]]]) -> None:
    assert _imported(store, files) == []


def test_a_corrected_file_with_faults_of_its_own_has_its_own_mark(store: Client) -> None:
    found = _imported(store, [("a.csv", 10, 4, _A), ("fixed.csv", 10, 1, [*_A, 9])])
    assert [(file, rejected) for _, file, rejected, _ in found] == [("fixed.csv", 1)]


def test_a_sheet_loses_its_mark_by_its_own_word_only(store: Client) -> None:
    ((_, _, rejected, sentence),) = _imported(store, [("sheet a", 10, 10, []), ("sheet b", 10, 0, [1])], "sheets")
    assert rejected == 10
    assert sentence.endswith("so the numbers are too low. Correct them there: the sheet is read again by itself.")
    assert _imported(store, [("sheet b", 10, 0, [1]), ("sheet a", 10, 0, [])], "sheets") == []
