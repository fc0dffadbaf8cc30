"""What a stranger reads: the help of every command, and how wrong use is said."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import typer
import typer.main

from funnel.cli.app import app, main
from funnel.cli.report import _by_names
from funnel.cli.tree import BRING_IN, LATER, LOOK, OPERATE, RULES, late, readable
from funnel.report.numbers import DIMENSIONS


def _commands() -> Iterator[tuple[str, ...]]:
    for name, command in typer.main.get_group(app).commands.items():
        yield from _below((name,), late(name) if name in LATER else command)


def _below(path: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
    yield path
    for name, one in getattr(command, "commands", {}).items():
        yield from _below((*path, name), one)


def _said(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return int(end.value.code or 0)


def test_every_help_is_for_people_at_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 80)
    for path in _commands():
        assert _said(*path, "--help") == 0
        text = capsys.readouterr().out
        assert max(map(len, text.splitlines())) <= 80, path
        for strange in ("<bool", "<str", "<int", "<float", "<list", "%Y", "{", "[[", "install-completion"):
            assert strange not in text, (path, strange)
        assert f"Usage: funnel {' '.join(path)}" in text
        assert [line for line, after in pairwise(text.splitlines()) if _broken_early(line, after)] == [], path


def _broken_early(line: str, after: str) -> bool:
    """Whether a paragraph goes on below although its next word had room. One column on each side is blank."""
    words = after.split()
    prose = all(one.startswith(" ") and one.strip() for one in (line, after))
    return prose and len(f" {line.strip()} {words[0]} ") <= 80


def test_the_commands_stand_in_four_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert _said("--help") == 0
    text = capsys.readouterr().out
    assert re.findall(r"╭─ ([A-Z][a-z ]+?) ─", text) == ["Options", LOOK, BRING_IN, RULES, OPERATE]
    assert "--install-completion" in text
    for name in typer.main.get_group(app).commands:
        assert f"│ {name} " in text
    assert set(typer.main.get_group(app).list_commands(typer.Context(readable(late("map"))))) == set(
        typer.main.get_group(app).commands
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["connectors", "pol"], "funnel: No such command 'pol'. Did you mean 'poll'? See funnel connectors --help."),
        (["rebuild", "--from", "z"], "funnel: --from z: 'z' is not one of 'kafka', 'log'. See funnel rebuild --help."),
        (["connectors", "quarantine", "--count", "x"], "funnel: --count x: has to be a whole number."),
        (["connectors", "poll", "demo", "--since", "soon"], "funnel: --since soon: no such day; write"),
        (["import", "zoom-report", "x"], "funnel: Missing option '--timezone'. See funnel import zoom-report --help."),
        (["publish", "nothing.jsonl"], "funnel: nothing.jsonl: no such file."),
    ],
)
def test_wrong_use_is_said_in_one_line_with_one_prefix(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(*words) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith(said)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("funnel rep", "report"),
        ("funnel connectors po", "poll"),
        ("funnel connectors poll zo", "zoom"),
        ("funnel import zoom-report --date", "--date-order"),
        ("funnel report --by source_group,we", "source_group,week"),
        ("funnel alerts sim", "simulate"),
    ],
)
def test_completion_is_everywhere(
    typed: str, offered: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_FUNNEL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert _said() == 0
    assert offered in capsys.readouterr().out.split()


@pytest.mark.parametrize(("shell", "more"), [("zsh", {}), ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"})])
def test_completion_is_in_every_shell(
    shell: str, more: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"_FUNNEL_COMPLETE": f"complete_{shell}", **more}.items():
        monkeypatch.setenv(name, value)
    for typed, offered in (("funnel connectors po", "poll"), ("funnel alerts sim", "simulate")):
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", typed)
        _said()
        assert offered in capsys.readouterr().out


def test_what_is_offered_to_group_by_is_all_that_there_is() -> None:
    assert _by_names("") == [*DIMENSIONS]
