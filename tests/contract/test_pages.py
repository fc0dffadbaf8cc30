"""The parts of the docs that follow from what is counted are as they would be written."""

from pathlib import Path

import pytest

from contract.measures import MEASURES, STEPS
from contract.pages import UnknownPart, stale, written

DOCS = Path(__file__).parents[2] / "docs"


def test_the_docs_are_current() -> None:
    assert stale((path.name, path.read_text()) for path in DOCS.glob("*.md")) == []


def test_every_measure_and_every_conversion_is_in_the_table() -> None:
    page = (DOCS / "measures.md").read_text()
    names = [one.name for one in MEASURES] + [f"conversion{step.ending}" for step in STEPS]
    assert [name for name in names if page.count(f"| `{name}` |") != 1] == []


def test_what_stands_between_the_marks_is_replaced_and_nothing_else() -> None:
    page = "One.\n<!-- measures: denominators -->\nold\n<!-- end -->\nTwo."
    assert written(page) == (
        "One.\n<!-- measures: denominators -->\n"
        "`registrations_begun, registrations_5m, registrations_30m, registrations_full`.\n<!-- end -->\nTwo."
    )
    assert written(written(page)) == written(page)


def test_a_part_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownPart, match="no part bucket; there are table, chosen, buckets"):
        written("<!-- measures: bucket -->\n<!-- end -->")
