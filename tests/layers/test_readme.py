"""README.md, CONTRIBUTING.md and the pages of docs against the tree: what they name exists, every command is there."""

import re
from pathlib import Path

import typer.main

from connectors.registry import connector
from funnel.cli.app import app
from funnel.reference.settings import fields
from process.logs import VARIABLE
from tests.layers.blocks import PAGES, targets
from tests.layers.sources import FOLDERS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
PRODUCTION = (ROOT / "docs/howto/production.md").read_text()
GENERATED = "docs/reference/"
COMMANDS = {str(name) for name in typer.main.get_group(app).commands}


def test_the_first_lines_are_the_two_commands() -> None:
    commands = [line.split("#")[0].split() for line in README.split("```")[1].strip().splitlines()]
    assert commands == [["bash"], ["make", "demo"], ["make", "test"]]
    assert README.index("```") < 30


def test_the_make_targets_are_those_of_the_makefile() -> None:
    assert set(re.findall(r"`make ([a-z-]+)", CONTRIBUTING)) == targets()


def test_every_command_is_there_and_no_other() -> None:
    section = PRODUCTION.split("\n## The commands\n")[1].split("\n## ")[0]
    assert set(re.findall(r"`funnel ([a-z][a-z-]*)", section)) == COMMANDS


def test_every_path_exists() -> None:
    named = {name for name in re.findall(r"`([a-z]\w*/[\w./-]+)`", README + CONTRIBUTING) if name != "bench/results"}
    pages = [(ROOT / page).read_text() for page in PAGES if page.startswith(("docs/explanation", "docs/howto"))]
    named |= {
        name for text in pages for name in re.findall(rf"`((?:{'|'.join(FOLDERS)}|tests|docs)/[\w./-]+\.\w+)`", text)
    }
    assert len(named) > 25
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_setting_exists() -> None:
    pages = {page: (ROOT / page).read_text() for page in PAGES if not page.startswith(("docs/decisions/", GENERATED))}
    own = {VARIABLE, "FUNNEL_HEARTBEAT", "FUNNEL_METRICS", "FUNNEL_ACME_TOKEN", "FUNNEL_SQL_URL"}
    known = set(fields()) | own
    missing = {
        f"{page}: {name}"
        for page, text in pages.items()
        for name in re.findall(r"\bFUNNEL_[A-Z]+(?:_[A-Z]+)*\b(?!_|<)", text)
        if name not in known and not any(one.startswith(f"{name}_") for one in known)
    }
    assert sorted(missing) == []


def test_the_docs_that_it_cites_have_the_sections() -> None:
    contract, design = ((ROOT / "docs" / name).read_text() for name in ("contract.md", "design.md"))
    assert re.findall(r"^## (\d)\.", contract, re.M) == [str(n) for n in range(1, 10)]
    assert re.findall(r"^## (\d)\.", design, re.M) == [str(n) for n in range(1, 7)]


def test_the_layout_has_every_folder_of_the_code_and_no_other() -> None:
    section = CONTRIBUTING.split("## Layout")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)/` \|", section, re.M)) == sorted(
        {*FOLDERS, "business", "tests", "bench", "docs", "prometheus"}
    )


def test_the_services_have_the_ways_in_that_it_says() -> None:
    page = (ROOT / "docs/howto/data.md").read_text()
    said = re.findall(r"^\| \[[^]]+\]\(\.\./services/(\w+)\.md\) \| ([^|]+) \|", page, re.M)
    assert [name for name, _ in said] == ["zoom", "bigmarker", "goto", "livestorm", "tables"]
    for name, ways in said[:-1]:
        one = connector(name)
        assert ("webhooks" in ways, "REST" in ways) == (one.receive is not None, one.open_poll is not None), name
