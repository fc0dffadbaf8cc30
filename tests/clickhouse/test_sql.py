"""docs/sql.md: a query names what it takes out of an array, and says nothing that a fragment says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickhouse.migrate import views
from clickhouse.positions import POSITIONS
from clickhouse.sql import FOLDER, fragments, rendered
from clickhouse.template import TemplateError
from funnel.report import COUNTS
from grafana.base import QUERIES

ROOT = Path(__file__).parents[2]
_POSITION = re.compile(r"(?<=[\w)\]}])\[\d+\]|\b[a-z_]+\.\d+\b(?!\.)")
_NO_POSITION = re.compile(r"'[^']*'|--[^\n]*")


def queries() -> Iterator[tuple[str, str]]:
    """(where, text) of every statement: files of SQL, and texts in Python that read or write."""
    folders = [ROOT / "clickhouse/views", FOLDER, QUERIES]
    for path in (path for folder in folders for path in folder.rglob("*.sql")):
        yield str(path.relative_to(ROOT)), path.read_text()
    for folder in ("streams", "funnel", "clickhouse", "grafana", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            yield from (
                (f"{path.relative_to(ROOT)}:{node.lineno}", node.value)
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"\b(SELECT|FROM|WHERE|INSERT)\b", node.value)
            )


def test_no_query_takes_anything_by_its_position() -> None:
    found = {where: _POSITION.findall(_NO_POSITION.sub("", text)) for where, text in queries()}
    assert len(found) > 150
    assert {where: positions for where, positions in found.items() if positions} == {}


def test_the_test_above_can_fail() -> None:
    assert _POSITION.findall("numbers[7] + f(x)[1] + line.3[11] + a.b.2") == ["[7]", "[1]", "line.3", "[11]", "b.2"]
    assert _POSITION.findall("quantile(0.5)(x), [1, 2], n[{n.visits}], line.{step.label}") == []


@pytest.mark.parametrize("name", ["computed_counts_at", "numbers_at"])
def test_an_array_holds_what_the_list_says_in_its_order(name: str) -> None:
    elements = re.findall(r"/\* (\d+): (\w+) \*/", dict(views())[name])
    assert [int(number) for number, _ in elements] == list(range(1, len(elements) + 1))
    assert tuple(of for _, of in elements) == POSITIONS["n"][: len(elements)]


def test_what_is_counted_is_called_as_the_report_calls_it() -> None:
    counted = POSITIONS["n"][: POSITIONS["n"].index("registrations_begun")]
    assert set(counted) <= set(COUNTS)


def test_every_list_is_used() -> None:
    used = {name for _, text in queries() for name in re.findall(r"\{(\w+)\.\w", text)}
    assert used == POSITIONS.keys()


def test_a_fragment_has_the_name_of_its_file_and_is_used(tmp_path: Path) -> None:
    used = {name for _, text in queries() for name in re.findall(r"\{(\w+)[ }]", text)}
    assert fragments(FOLDER).keys() | fragments(QUERIES).keys() <= used
    (tmp_path / "one.sql").write_text("-- {two}: it.\n1")
    with pytest.raises(TemplateError, match=r"one.sql: its first line calls it two"):
        fragments(tmp_path)


def test_it_is_filled_in_with_our_own_fragments_and_with_more() -> None:
    assert rendered("{same}[{n.visits}]", {"same": lambda _: "n"}) == "n[4]"
