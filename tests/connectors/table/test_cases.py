"""Files as other products export them (details replaced), each with the mapping file that reads it right.

`expected.txt` is what it becomes, worked out by hand: a line an event (who, what, when in UTC, what it says), then
`!` and a line a rejection.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.mapped import Context
from connectors.table.cells import Reading
from connectors.table.connector import delimiter_of
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import parse
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.io.file_rows import read_rows
from connectors.toolkit.marked import FileError
from tests.connectors.said import line_of
from tests.connectors.table.tables import NOW, READ_AT, SECRET

CASES = sorted(Path("tests/connectors/table/cases").iterdir())
SHIPPED = Path("connectors/samples/mappings")
_SHOWN = ("starts_at", "duration_seconds", "total_seconds")
NAMES = {email_person_id(f"{name}@example.com", SECRET): name for name in [
    *"abcdefg", "ann", "bob", "cat", "dan", "eve", "fay", "gil", "ira", "jon", "kim", "host",
    *(f"s{number:02d}" for number in range(1, 22)),
]}  # fmt: skip


def mapping_of(case: Path) -> str:
    """The case's own mapping file, or a shipped one with what it lacks (`more.yaml`)."""
    own = case / "mapping.yaml"
    if own.exists():
        return own.read_text()
    more = (case / "more.yaml").read_text()
    return (SHIPPED / f"{more.splitlines()[0].removeprefix('# mapping: ')}.yaml").read_text() + more


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_file_becomes_what_it_says(case: Path) -> None:
    mapping = parse(mapping_of(case), "mapping.yaml")
    (file,) = (path for path in case.iterdir() if path.suffix in (".csv", ".xlsx"))
    reading = Reading(mapping, ZoneInfo(mapping.timezone), Context(SECRET, NOW), READ_AT)
    rows = read_rows(file, encoding=mapping.encoding, delimiter=delimiter_of(mapping))
    said = [one for one, _ in table_events(rows, reading, Imported())]
    assert [line_of(one, NAMES, _SHOWN) for one in said] == (case / "expected.txt").read_text().splitlines()


def test_every_shipped_mapping_file_has_a_case() -> None:
    used = {
        (case / "more.yaml").read_text().splitlines()[0].removeprefix("# mapping: ")
        for case in CASES
        if (case / "more.yaml").exists()
    }
    assert used == {path.stem for path in SHIPPED.glob("*.yaml")}


def test_a_shipped_mapping_file_asks_for_what_it_lacks() -> None:
    text = (SHIPPED / "webex-meeting.yaml").read_text()
    with pytest.raises(FileError, match="timezone is missing"):
        parse(text, "webex-meeting.yaml")
    with pytest.raises(FileError, match="webinar_id is missing"):
        parse(text, "webex-meeting.yaml", {"timezone": "UTC"})
    assert parse(text, "webex-meeting.yaml", {"timezone": "UTC", "constants": {"webinar_id": "w"}}).timezone == "UTC"
