"""The reference of settings: what .env.example says of each, and what its class allows."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from funnel.reference.markdown import code, table

ROOT = Path(__file__).parents[2]
_FOLDERS = ("clickhouse", "streams", "connectors", "alerts", "grafana", "funnel")
_NAME = re.compile(r"(?:# )?([A-Z][A-Z_]+)=(.*)")
_SYMBOLS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "lt": "less than",
    "min_length": "characters, at least",
}


def classes() -> list[type[BaseSettings]]:
    """Every class of settings in a module called settings, wherever in the application."""
    found: dict[str, type[BaseSettings]] = {}
    for path in sorted(path for folder in _FOLDERS for path in (ROOT / folder).rglob("settings.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if name == __name__ or "node_modules" in path.parts:
            continue
        for one in vars(import_module(name)).values():
            if isinstance(one, type) and issubclass(one, BaseSettings) and one.__module__ == name:
                found[f"{name}.{one.__name__}"] = one
    return list(found.values())


def fields() -> dict[str, FieldInfo]:
    """Name in the environment -> the setting."""
    return {
        f"{kind.model_config.get('env_prefix') or ''}{name}".upper(): field
        for kind in classes()
        for name, field in kind.model_fields.items()
    }


def settings_page() -> str:
    """The page."""
    parts = [
        "# Settings",
        "",
        "Environment variables, or lines of `.env` in the folder where `funnel` runs; the environment wins. Durations",
        "are in the unit that the name says. `.env.example` has all of them, to copy from.",
    ]
    known = fields()
    for title, rows in _sections((ROOT / ".env.example").read_text()):
        short, more = re.fullmatch(r"([^,.;:(]+)[,.;:]? *(.*)", title).groups()  # type: ignore[union-attr]
        allowed = [(code(name), code(default), meaning, _allowed(known.get(name))) for name, default, meaning in rows]
        width = 3 + any(row[3] for row in allowed)
        head = ("setting", "default", "meaning", "allowed")[:width]
        parts += ["", f"## {_capital(short.strip())}"]
        parts += ["", f"{_capital(more.removesuffix('.'))}."] if more and not more.startswith("(") else []
        parts += ["", table(head, (row[:width] for row in allowed))]
    return "\n".join(parts)


def _sections(text: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    title, rows, said = "General", list[tuple[str, str, str]](), list[str]()
    for line in text.splitlines():
        if head := re.match(r"# --- (.+?) ---$", line):
            if rows:
                yield title, rows
            title, rows, said = _capital(head[1]), [], []
        elif found := _NAME.fullmatch(line):
            rows.append((found[1], found[2], " ".join(said)))
            said = []
        elif line.startswith("# "):
            said.append(line.removeprefix("# "))
        else:
            said = []
    yield title, rows


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _allowed(field: FieldInfo | None) -> str:
    """What a value may be, besides its kind."""
    if field is None:
        return ""
    kinds: dict[Any, str] = {int: "whole number", float: "number", bool: "true or false"}
    limits = [
        f"{_SYMBOLS[name]} {getattr(one, name)}" for one in field.metadata for name in _SYMBOLS if hasattr(one, name)
    ]
    required = ["required with its service"] if field.is_required() else []
    return ", ".join([*([kinds[field.annotation]] if field.annotation in kinds else []), *limits, *required])
