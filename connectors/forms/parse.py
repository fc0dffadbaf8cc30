"""The text of forms.yaml -> rules, or one line that names the line and what to do. Pure."""

import difflib
from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from connectors.forms.rules import Finding, Fixed, FromDate, FromField, NextOfSeries, Rule

T = TypeVar("T")

_MATCHING = ("service", "form", "where")
_WAYS = {
    "webinar": (),
    "webinar_field": ("platform",),
    "date_field": ("series", "timezone", "date_format"),
    "next_of_series": (),
}
"""How a rule finds its webinar, and what else belongs to that way."""


class RulesError(Exception):
    """The file does not say rules. The text is one line: where, what, and what to do."""


def parse_rules(text: str, name: str) -> list[Rule]:
    """The rules in their order. `name` is the file's, for the errors. Raises RulesError."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" line {mark.line + 1}" if mark is not None else ""
        raise RulesError(f"{name}{where}: not YAML: {error.problem}. Correct it; see its example.") from error
    except yaml.YAMLError as error:
        raise RulesError(f"{name}: not YAML: {' '.join(str(error).split())}. Write it as text in UTF-8.") from error
    if root is None or _is_null(root):
        return []
    place = _Place(name)
    top = place.mapping(root, "the file", ("forms",))
    if "forms" not in top or _is_null(top["forms"]):
        return []
    rules = top["forms"]
    if not isinstance(rules, SequenceNode):
        raise place.error(rules, "forms is to be a list: begin each rule with a dash")
    return [_rule(place, node) for node in rules.value]


def _rule(place: "_Place", node: Node) -> Rule:
    said = place.mapping(node, "a rule", (*_MATCHING, *_WAYS, *(extra for way in _WAYS.values() for extra in way)))
    ways = [way for way in _WAYS if way in said]
    if len(ways) != 1:
        found = " and ".join(ways) if ways else "none"
        raise place.error(node, f"a rule needs exactly one of {', '.join(_WAYS)}; this one has {found}")
    foreign = set(said) - {*_MATCHING, *ways, *_WAYS[ways[0]]}
    if foreign:
        key = min(foreign)
        raise place.error(said[key], f"{key} does not belong to a rule with {ways[0]}: leave it out")
    where = place.mapping(said["where"], "where", None) if "where" in said else {}
    return Rule(
        finding=_finding(place, node, ways[0], said),
        service=place.text(said, "service", "*"),
        form=place.text(said, "form", "*"),
        where={name: place.text(where, name, "") for name in where},
        line=place.line(node),
    )


def _finding(place: "_Place", node: Node, way: str, said: dict[str, Node]) -> Finding:
    value = place.text(said, way, "")
    if not value:
        raise place.error(said[way], f"{way} is empty")
    if way == "webinar":
        return Fixed(place.checked(said[way], value, _with_platform))
    if way == "webinar_field":
        return FromField(value, place.text(said, "platform", "") or None)
    if way == "next_of_series":
        return NextOfSeries(place.checked(said[way], value, _with_platform))
    for needed in ("series", "timezone"):
        if needed not in said:
            raise place.error(node, f"a rule with date_field needs {needed} too")
    series = place.checked(said["series"], place.text(said, "series", ""), _with_platform)
    zone = place.checked(said["timezone"], place.text(said, "timezone", ""), _zone)
    return FromDate(value, series, zone, place.text(said, "date_format", "") or None)


def _with_platform(text: str) -> str:
    platform, _, rest = text.partition(":")
    if not platform or not rest:
        raise ValueError(f"{text!r} has no platform before its id: write it as zoom:9151")
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone {text!r}: write an IANA name such as Europe/Berlin") from error


class _Place:
    """The file's name, and its nodes as what they are to be."""

    def __init__(self, name: str) -> None:
        self._name = name

    def line(self, node: Node) -> int:
        return int(node.start_mark.line) + 1

    def error(self, node: Node, what: str) -> RulesError:
        end = "" if what.endswith("?") else "."
        return RulesError(f"{self._name} line {self.line(node)}: {what}{end}")

    def mapping(self, node: Node, what: str, keys: tuple[str, ...] | None) -> dict[str, Node]:
        """Keys and values; only those keys, each once."""
        if not isinstance(node, MappingNode):
            raise self.error(node, f"{what} is to be written as `key: value` lines")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if keys is not None and name not in keys:
                near = difflib.get_close_matches(name, keys, n=1)
                hint = f"did you mean {near[0]}?" if near else f"{what} has only {', '.join(keys)}"
                raise self.error(key, f"unknown key {name!r}: {hint}")
            if name in found:
                raise self.error(key, f"{name} is there twice: leave one out")
            found[name] = value
        return found

    def text(self, said: dict[str, Node], key: str, default: str) -> str:
        """A single value as it is written: an id of digits stays text."""
        if key not in said:
            return default
        node = said[key]
        if not isinstance(node, ScalarNode):
            raise self.error(node, f"{key} is to be a single value")
        return "" if _is_null(node) else str(node.value).strip()

    def checked(self, node: Node, value: str, check: Callable[[str], T]) -> T:
        try:
            return check(value)
        except ValueError as error:
            raise self.error(node, str(error)) from error


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"
