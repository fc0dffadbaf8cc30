"""The code blocks of everything that people read, and what is wrong with each."""

import ast
import csv
import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

import typer.main
import yaml
from typer.core import TyperGroup

from funnel.cli.app import app
from funnel.cli.tree import LATER, late
from funnel.reference.settings import fields
from tests.layers.sources import ROOT

PAGES = (
    *(
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CODE_OF_CONDUCT.md",
        "business/README.md",
        "clickhouse/README.md",
    ),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
)
_FENCE = re.compile(r"^( *)(?:<!-- (run) -->\n\1)?```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"^(FUNNEL_[A-Z_]+|GRAFANA_[A-Z_]+)=", re.MULTILINE)
_OUR = re.compile(r"(?:^|&& |\|\| |; | business )(?:[\w./~-]*/)?(funnel) ([^#|&;>\n]+)", re.MULTILINE)
_INLINE = re.compile(r"`(?:\.venv/bin/)?funnel ([^`]+)`")
_PLACEHOLDER = re.compile(r"<[\w .]+>|…")


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str
    runs: bool
    """Whether a test runs it."""


def blocks(page: str) -> Iterator[Block]:
    """In their order."""
    text = (ROOT / page).read_text()
    for one in _FENCE.finditer(text):
        indent, run, language, inside = one.groups()
        plain = "".join(line.removeprefix(indent) for line in inside.splitlines(keepends=True))
        yield Block(page, text.count("\n", 0, one.start()) + 1, language, plain, bool(run))


def fences(page: str) -> int:
    """How many lines open or close a block: every one has to be part of a block."""
    return len(re.findall(r"^ *```", (ROOT / page).read_text(), re.MULTILINE))


def inline(page: str) -> list[str]:
    """What is wrong with the commands that a page names within its sentences."""
    found = _INLINE.findall((ROOT / page).read_text())
    said = (re.split(r" \|\|? | && |…", one)[0].split() for one in found if not one.isupper() and "COMMAND" not in one)
    return [wrong for words in said if words and (wrong := wrong_command(words))]


def objections(block: Block) -> list[str]:
    """What is wrong with it; nothing: it was parsed, or it is said to be text."""
    parse = _PARSERS.get(block.language)
    if parse is None:
        return [f"the language {block.language!r} is none that can be checked: {', '.join(_PARSERS)}"]
    try:
        return parse(block.text)
    except (ValueError, SyntaxError, yaml.YAMLError, ElementTree.ParseError) as error:
        return [f"{block.language}: {error}"]


def _commands(text: str) -> list[str]:
    """Each `funnel` and `make` that is there exists, with its options."""
    joined = re.sub(r"\\\n\s*", " ", text)
    found = [wrong_command(one[2].split()) for one in _OUR.finditer(joined)]
    made = set(re.findall(r"(?:^|&& )make ([a-z-]+)", joined, re.MULTILINE)) - targets()
    return [one for one in found if one] + [f"make {name}: no such target" for name in sorted(made)]


def wrong_command(words: list[str]) -> str:
    """What is wrong with `funnel` and these words; empty: nothing."""
    said = f"funnel {' '.join(words)}"
    if words[0].startswith("-"):
        return "" if words[0] in ("--help", "--version") else f"{said}: no such option"
    group = typer.main.get_group(app)
    if words[0] not in group.commands:
        return f"{said}: no such command"
    command: Any = late(words[0]) if words[0] in LATER else group.commands[words[0]]
    words = words[1:]
    if not words:
        return ""
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    given = [re.split("=", word)[0] for word in words if re.match(r"--?[a-z]", word)]
    wrong = [word for word in given if word not in options]
    if isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        return f"{said}: no such command"
    return f"{said}: no such option {', '.join(wrong)}" if wrong else ""


@cache
def targets() -> frozenset[str]:
    """Of the Makefile."""
    return frozenset(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _bash(text: str) -> list[str]:
    plain = _PLACEHOLDER.sub("X", text)
    done = subprocess.run(["bash", "-n"], input=plain, capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if line] + _commands(plain)


def _cron(text: str) -> list[str]:
    lines = [line.split(maxsplit=5) for line in text.splitlines() if line]
    short = [
        f"{' '.join(line)}: no line of cron"
        for line in lines
        if len(line) < 6 or not set(line[0]) <= set("0123456789*/,-")
    ]
    return short or _bash("\n".join(line[5].replace("\\%", "%") for line in lines))


def _console(text: str) -> list[str]:
    return _bash("\n".join(line[2:] for line in text.splitlines() if line.startswith("$ ")))


def _ini(text: str) -> list[str]:
    names = set(_SETTING.findall(text))
    wrong = [line for line in text.splitlines() if line and not re.match(r"#|\[\w+\]$|[\w.]+=", line)]
    return [f"{line}: neither a section nor a setting" for line in wrong] + [
        f"{name}: no such setting" for name in sorted(names - set(fields())) if not name.startswith("FUNNEL_GENERIC_")
    ]


def _brackets(text: str) -> list[str]:
    depth = 0
    for place in re.sub(r"'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", "", text):
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(place, 0)
        if depth < 0:
            break
    return [] if depth == 0 else ["a bracket has no partner"]


def _diff(text: str) -> list[str]:
    return [
        f"{line}: neither kept, nor added, nor removed" for line in text.splitlines() if line and line[0] not in " +-@"
    ]


def _csv(text: str) -> list[str]:
    widths = {len(row) for row in csv.reader(text.splitlines(), strict=True)}
    return [] if len(widths) == 1 else [f"rows of {sorted(widths)} cells"]


def _quiet(parse: Callable[[str], object]) -> Callable[[str], list[str]]:
    def parsed(text: str) -> list[str]:
        parse(text)
        return []

    return parsed


def _unnamed(text: str) -> list[str]:
    """A block that names no language may hold commands only."""
    if text.startswith("$ "):
        return _console(text)
    if re.match(r"(\S*/)?(funnel|make|curl|mkdir|docker|start\.sh|python) ", text):
        return _bash(text)
    return ["it names no language and begins with no command that is known: name it, or call it text"]


_PARSERS: dict[str, Callable[[str], list[str]]] = {
    "": _unnamed,
    "bash": _bash,
    "console": _console,
    "cron": _cron,
    "python": _quiet(ast.parse),
    "yaml": _quiet(lambda text: list(yaml.safe_load_all(text))),
    "json": _quiet(json.loads),
    "xml": _quiet(ElementTree.fromstring),
    "toml": _quiet(tomllib.loads),
    "ini": _ini,
    "csv": _csv,
    "diff": _diff,
    "sql": _brackets,
    "js": _brackets,
    "caddyfile": _brackets,
    "nginx": _brackets,
    "text": lambda _: [],
}
"""SQL runs elsewhere: that of docs/contributing.md in a copy of the project, that of the tutorial in the tutorial."""
