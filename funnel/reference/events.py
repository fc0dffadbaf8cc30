"""The reference of events, from their models and the samples."""

import ast
import inspect
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from contract import events
from contract.topics import TOPIC_OF_TYPE
from funnel.reference.markdown import code, table

_EVENTS = (
    *(events.Webinar, events.Totals, events.Registration, events.Joined, events.Left, events.Seen),
    *(events.Summary, events.RecordingViewed, events.Identity, events.Forgotten),
)
_PARTS = (events.Service, events.Source, events.SourceViews)


def events_page() -> str:
    """The page."""
    said = _said()
    parts = [
        "# Events",
        "",
        "What producers publish: one JSON object a record, keyed by `webinar_id`. [The contract](../contract.md) says",
        "what each field means and which of two statements counts; unknown fields are ignored, types are strict.",
        "Instants are RFC 3339 texts with an offset, such as `2026-11-22T18:00:00.000Z`.",
    ]
    for model in _EVENTS:
        kind = model.model_fields.get("kind")
        title = model.model_fields["type"].default + (f": {kind.default}" if kind else "")
        topic = TOPIC_OF_TYPE[model.model_fields["type"].default].name
        parts += ["", f"## {title}", "", f"{inspect.getdoc(model)} Topic `{topic}`.", "", _fields(model, said)]
        if example := _example(model):
            parts += ["", "```json", example, "```"]
    for part in _PARTS:
        parts += [
            "",
            f"## The field {part.__name__.lower()}",
            "",
            inspect.getdoc(part) or "",
            "",
            _fields(part, said),
        ]
    return "\n".join(parts)


def _fields(model: Any, said: dict[tuple[str, str], str]) -> str:
    schema = model.model_json_schema(mode="validation")
    must = set(schema.get("required", ())) | ({"type", "kind"} & schema["properties"].keys())
    rows = []
    for name, what in schema["properties"].items():
        if name == "stayed":
            name, what = "visits_<minutes>m", {"type": "integer"}  # noqa: PLW2901
        owner = next((one.__name__ for one in model.__mro__ if name in vars(one).get("__annotations__", {})), "")
        value = "instant" if name.endswith("_at") else _kind(what)
        rows.append((code(name), value, "yes" if name in must else "", said.get((owner, name), "")))
    told = any(row[3] for row in rows)
    return table(("field", "value", "required", "meaning")[: 3 + told], (row[: 3 + told] for row in rows))


def _kind(what: dict[str, Any]) -> str:
    if "const" in what:
        return code(json.dumps(what["const"]))
    if "enum" in what:
        return ", ".join(code(json.dumps(one)) for one in what["enum"])
    if "anyOf" in what:
        return ", ".join(_kind(one) for one in what["anyOf"] if one.get("type") != "null")
    if "$ref" in what:
        name = what["$ref"].rpartition("/")[2]
        return f"[{name.lower()}](#the-field-{name.lower()})"
    if what.get("type") == "array":
        return f"list of {_kind(what['items'])}"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(what.get("type", ""), "") + (f" matching {code(what['pattern'])}" if "pattern" in what else "")


def _said() -> dict[tuple[str, str], str]:
    """(class, field) -> the text below the field in the source."""
    found = {}
    for one in ast.parse(Path(events.__file__).read_text()).body:
        if isinstance(one, ast.ClassDef):
            for field, text in zip(one.body, one.body[1:], strict=False):
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(text, ast.Expr)
                    and isinstance(text.value, ast.Constant)
                ):
                    assert isinstance(field.target, ast.Name)
                    found[one.name, field.target.id] = str(text.value.value)
    return found


def _example(model: Any) -> str:
    """The first of the samples of that kind."""
    kind = model.model_fields.get("kind")
    for line in (files("connectors.samples") / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["type"] == model.model_fields["type"].default and event.get("kind") == (kind and kind.default):
            return json.dumps(event, indent=2, ensure_ascii=False)
    return ""
