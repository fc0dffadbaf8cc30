"""The documentation against the code: every block is run or parsed, and what people ask first is two clicks away."""

import posixpath
import re

import pytest

from tests.layers.blocks import PAGES, blocks, fences, inline, objections
from tests.layers.sources import ROOT

ASKED = {
    "production": "howto/production.md",
    "Zoom": "services/zoom.md",
    "BigMarker": "services/bigmarker.md",
    "sources": "business-rules.md",
    "backfill": "howto/backfill.md",
    "share": "howto/share.md",
    "alerts": "alerts.md",
    "upgrade": "upgrade.md",
    "backup": "backup.md",
    "erase": "erasure.md",
}
TOO_LONG = 60
"""Lines of README: more is no screen."""


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_code_can_be_parsed_and_names_what_there_is(page: str) -> None:
    found = [*blocks(page)]
    assert fences(page) == 2 * len(found)
    assert [f"{page}:{one.line}: {what}" for one in found for what in objections(one)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("docs/decisions/")])
def test_every_command_within_a_sentence_is_one(page: str) -> None:
    assert inline(page) == []


def test_a_wrong_block_is_noticed() -> None:
    (first, *_) = blocks("README.md")
    wrong = {
        "bash": ("funnel fly", "funnel report --sideways", "make coffee", "funnel connectors dance", "if true; then"),
        "ini": ("FUNNEL_NO_SUCH=1", "words"),
        "cron": ("15 3 * * * cd / && funnel fly", "every day"),
        "console": ("$ funnel fly",),
        "yaml": ("a: [",),
        "json": ("{",),
        "python": ("def",),
        "csv": ("a,b\n1",),
        "sql": ("SELECT (1",),
        "": ("anything",),
    }
    missed = [
        (language, text)
        for language, texts in wrong.items()
        for text in texts
        if not objections(first._replace(language=language, text=text))
    ]
    assert missed == []


def test_the_tutorial_is_run() -> None:
    found = [*blocks("docs/tutorial.md")]
    assert [one.line for one in found if not one.runs] == []
    assert len(found) > 6


def test_the_readme_is_one_screen() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= TOO_LONG


@pytest.mark.parametrize("question", ASKED)
def test_what_people_ask_is_two_clicks_away(question: str) -> None:
    first = _links("README.md")
    second = {one for page in first if page.endswith(".md") for one in _links(page)}
    assert f"docs/{ASKED[question]}" in first | second
    assert question.lower() in (ROOT / "README.md").read_text().lower()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"])
def test_every_link_of_the_pages_at_the_root_leads_somewhere(page: str) -> None:
    assert [one for one in _links(page) if not (ROOT / one).exists()] == []


def _links(page: str) -> set[str]:
    """The files of the project that a page links to."""
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
    near = (one for one in found if not re.match("[a-z]+:", one))
    return {posixpath.normpath(posixpath.join(posixpath.dirname(page), one)) for one in near}
