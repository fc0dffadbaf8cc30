"""sources.yaml: which source group a registration's source belongs to. Pure.

Rules are tried from the top; the first that matches decides. A source that no rule sorts keeps its own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from connectors.business.patterns import Patterns, SlowPatternError, fits
from connectors.toolkit.marked import FileModel, Marked, Model, Place, RuleError, check

WALK_IN = "Walk-in"
"""The group of people without a registration, which no rule may use."""


class When(Model):
    """Which sources a rule is for: every field given has to match; an empty text matches a missing value."""

    utm_source: Patterns | None = None
    utm_medium: Patterns | None = None
    utm_campaign: Patterns | None = None
    utm_content: Patterns | None = None
    utm_term: Patterns | None = None
    referrer_host: Patterns | None = None
    tracking_code: Patterns | None = None
    platform_source: Patterns | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "When":
        if not self.model_fields_set:
            raise ValueError(f"is empty; name one of {', '.join(FIELDS)}")
        return self


FIELDS = tuple(When.model_fields)


def _free(group: str) -> str:
    if group.casefold() == WALK_IN.casefold():
        raise ValueError(f"{WALK_IN} is the group of people who came without registering; choose another name")
    return group


class Rule(Model):
    """One rule."""

    group: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_free)]
    when: When


class File(FileModel):
    """sources.yaml."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The group of a source, and where it was decided."""

    group: str
    place: Place


@dataclass(frozen=True, slots=True)
class SourceRules:
    """The rules that apply."""

    rules: tuple[tuple[When, Decision], ...] = ()

    def decide(self, said: Mapping[str, str], raw: Mapping[str, str] | None = None) -> Decision | None:
        """`said`: the fields of the source in their canonical form, and `referrer_host`; `raw`: as received, which a
        rule may name too. None: no rule sorts it. Raises RuleError.
        """
        for when, decision in self.rules:
            try:
                if _fits(when, said, raw or {}):
                    return decision
            except SlowPatternError as error:
                raise RuleError(decision.place, str(error)) from error
        return None


def source_rules(marked: Marked) -> SourceRules:
    """The rules of the file. Raises FileError."""
    file = check(marked, File)
    return SourceRules(
        tuple(
            (rule.when, Decision(rule.group, marked.place("rules", number))) for number, rule in enumerate(file.rules)
        )
    )


_TELLING = (
    "utm_source",
    "tracking_code",
    "platform_source",
    "referrer_host",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
)
"""The most specific field first, as in the default rule."""


def rule_for(said: Mapping[str, str], group: str) -> str:
    """A rule that sorts this source, ready to paste under `rules:`; it matches on the most specific fields."""
    first = next(name for name in _TELLING if said.get(name))
    asked = [first, "utm_medium"] if first == "utm_source" and said.get("utm_medium") else [first]
    when = ", ".join(f"{name}: {_exactly(said[name])}" for name in asked)
    return f"  - group: {_quoted(group)}\n    when: {{{when}}}"


def _quoted(text: str) -> str:
    """As YAML text of one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _exactly(text: str) -> str:
    """The same; a text that would be read as a pattern is marked as exact."""
    is_pattern = "*" in text or (text.startswith("/") and text.endswith("/"))
    return f"{{exact: {_quoted(text)}}}" if is_pattern else _quoted(text)


def _fits(when: When, said: Mapping[str, str], raw: Mapping[str, str]) -> bool:
    return all(
        patterns is None or fits(patterns, [said.get(name, ""), *([raw[name]] if name in raw else [])])
        for name in FIELDS
        for patterns in [getattr(when, name)]
    )
