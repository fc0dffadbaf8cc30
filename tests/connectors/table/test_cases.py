"""Files as other products export them (details replaced), each with the mapping file that reads it right.

`expected.txt` is what it becomes, worked out by hand: a line an event (who, what, when in UTC, what it says), then
`!` and a line a rejection.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.file_rows import read_rows
from connectors.identity import email_person_id
from connectors.mapped import Context
from connectors.rows import RowRejection
from connectors.table.cells import Reading
from connectors.table.connector import delimiter_of
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import parse
from streams.events import Event
from streams.source import default_group, source_key
from tests.connectors.table.tables import NOW, READ_AT, SECRET

CASES = sorted(path.parent for path in Path("tests/connectors/table/cases").glob("*/mapping.yaml"))
NAMES = {email_person_id(f"{name}@example.com", SECRET): name for name in [
    *"abcdefg", "ann", "bob", "cat", "dan", "eve", "fay", "gil", "ira", "jon", "kim", "host",
    *(f"s{number:02d}" for number in range(1, 22)),
]}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_file_becomes_what_it_says(case: Path) -> None:
    mapping = parse((case / "mapping.yaml").read_text(), "mapping.yaml")
    (file,) = (path for path in case.iterdir() if path.suffix in (".csv", ".xlsx"))
    reading = Reading(mapping, ZoneInfo(mapping.timezone), Context(SECRET, NOW), READ_AT)
    rows = read_rows(file, encoding=mapping.encoding, delimiter=delimiter_of(mapping))
    said = [one for one, _ in table_events(rows, reading, Imported())]
    assert [_line(one) for one in said] == (case / "expected.txt").read_text().splitlines()


def _line(one: Event | RowRejection) -> str:
    if isinstance(one, RowRejection):
        return f"! line {one.line}: {one.field}: {one.reason}"
    said = one.model_dump(mode="json", exclude_none=True)
    who = NAMES.get(said.get("person_id", ""), said.get("person_id", "")[:2] or one.webinar_id)
    what = " ".join(str(said[name]) for name in ("type", "kind", "status", "role") if name in said)
    more = [f"{name}={said[name]}" for name in ("starts_at", "duration_seconds", "total_seconds") if name in said]
    if one.type == "registration" and one.source is not None:
        more.append(f"group={default_group(source_key(one.source))}")
    return " ".join([who, what, said["occurred_at"].replace(".000Z", "Z"), *more])
