"""docs/sql.md: a query names what it takes out of an array, and says nothing that a fragment says."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from clickhouse.migrate import views
from clickhouse.positions import POSITIONS
from clickhouse.sql import FOLDER, fragments, rendered
from clickhouse.template import TemplateError
from contract.instants import FAR_FUTURE
from funnel.report.numbers import COUNTS
from grafana.base import QUERIES
from streams.fold.person import STATUS_RANK
from tests.layers.sources import FOLDERS

ROOT = Path(__file__).parents[2]
_POSITION = re.compile(r"(?<=[\w)\]}])\[\d+\]|\b[a-z_]+\.\d+\b(?!\.)")
_NO_POSITION = re.compile(r"'[^']*'|--[^\n]*")


@cache
def queries() -> list[tuple[str, str]]:
    """(where, text) of every statement: files of SQL, and texts in Python that read or write."""
    return list(_queries())


def _queries() -> Iterator[tuple[str, str]]:
    folders = [ROOT / "clickhouse/views", FOLDER, QUERIES]
    for path in (path for folder in folders for path in folder.rglob("*.sql")):
        yield str(path.relative_to(ROOT)), path.read_text()
    for folder in (*FOLDERS, "bench"):
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
    used = {name for _, text in queries() for name in re.findall(r"\{(\w+)\.[\w{]", text)}
    assert used == POSITIONS.keys()


def test_a_fragment_has_the_name_of_its_file_and_is_used(tmp_path: Path) -> None:
    used = {name for _, text in queries() for name in re.findall(r"\{(\w+)[ }]", text)}
    assert fragments(FOLDER).keys() | fragments(QUERIES).keys() <= used
    (tmp_path / "one.sql").write_text("-- {two}: it.\n1")
    with pytest.raises(TemplateError, match=r"one.sql: its first line calls it two"):
        fragments(tmp_path)


WRITTEN_ONCE = {
    "never": r"9999999999999",
    "is_person": r"same_as = '' AND|NOT left_out",
    "who_counts": r"hasAny\(domain_ids",
    "did_something": r"notEmpty\(recording_view_at\)",
    "status_at": r"registration_status\[",
    "good": r"\bIN \(1, 2\)",
    "stands": r"!= 5\b",
    "walk_in": r"'Walk-in'",
    "not_by_source": r"'Not told by source'",
    "source_group": r"said_group != ''",
    "sources_of": r"JOIN \(SELECT source, source_group AS said_group",
    "doubtful": r"(visits_all|opened)\W+ - .*walk_ins",
    "percent": r"printf\('%\.1f %%'",
    "percent_of_few": r"\(n=%d\)",
    "percent_marked": r"%\.1f %% %s",
    "mark": r"▼",
    "mix": r"of_all = 0.*\n.*known\) / of_all|\* known\b",
    "rate": r"/ known_of\n",
    "conversions": r"-> part / nullIf\(of, 0\)",
}
"""Fragment -> what only its text has."""


def test_a_definition_stands_in_its_fragment_and_nowhere_else() -> None:
    for name, pattern in WRITTEN_ONCE.items():
        found = {where for where, text in queries() if re.search(pattern, text)}
        assert {Path(where).stem for where in found} == {name}, (name, found)


def test_never_is_what_the_workers_write() -> None:
    assert rendered("{never}") == str(FAR_FUTURE)


def test_registrations_count_by_the_status_that_the_workers_write() -> None:
    good = {STATUS_RANK["registered"], STATUS_RANK["approved"]}
    assert rendered("{good s}") == f"s IN ({', '.join(map(str, sorted(good)))})"


def test_it_is_filled_in_with_our_own_fragments_and_with_more() -> None:
    assert rendered("{same}[{n.visits}]", {"same": lambda _: "n"}) == "n[4]"
