"""docs/reference is what the code says now."""

from collections.abc import Iterator

from clickhouse.migrate import views
from contract.topics import TOPIC_OF_TYPE
from funnel.reference.__main__ import DOCS
from funnel.reference.cli import commands
from funnel.reference.pages import pages
from funnel.reference.settings import classes, fields
from streams import transport  # noqa: F401  # its import asks the system, which no quick test may
from tests.layers.deployed import OF_ALL, OF_SERVICES, env_example


def test_the_pages_are_as_the_code_says() -> None:
    stale = [name for name, text in pages().items() if (DOCS / name).read_text() != text]
    assert stale == [], "run make reference"


def test_every_class_of_settings_is_found() -> None:
    assert {one.__name__ for one in (*OF_ALL, *OF_SERVICES)} <= {one.__name__ for one in classes()}


def test_every_setting_has_a_row_with_its_default() -> None:
    rows = _rows("settings.md")
    said = {**env_example(), **env_example("# ")}
    assert {name: row[1].strip("`") for name, row in rows.items()} == said
    assert said.keys() - fields().keys() == set()
    assert all(row[2] for row in rows.values())
    assert rows["FUNNEL_PARTITIONS"][3] == "whole number, at least 1, at most 1024"


def test_every_command_and_each_of_its_options_is_there() -> None:
    text = pages()["cli.md"]
    found = list(commands())
    assert len(found) > 40
    missing = [words for words, _ in found if f"# funnel {' '.join(words)}\n" not in text]
    options = {option for _, command in found for one in command.params for option in one.opts if option != "--help"}
    assert missing == []
    assert [
        one for one in sorted(options) if one.startswith("-") and f"`{one}" not in text and f" {one}" not in text
    ] == []
    assert all(command.help for _, command in found)


def test_every_kind_of_event_and_every_view_is_there() -> None:
    events = pages()["events.md"]
    assert [name for name in TOPIC_OF_TYPE if f"\n## {name}" not in events] == []
    assert events.count("```json") >= 6
    made = {name for name, _ in views()}
    with_files = _rows("views.md").keys()
    assert with_files <= made
    assert len(made - with_files) <= 8, "those that clickhouse/inline.py makes of others"
    assert all(row[1] for row in _rows("views.md").values())


def _rows(page: str) -> dict[str, list[str]]:
    return {cells[0].strip("`"): cells for cells in _cells(pages()[page]) if cells[0].startswith("`")}


def _cells(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.removeprefix("| ").removesuffix(" |").replace("\\|", "¦").split("|")]
