"""Why a webinar or a source has its labels or group: which rule in which line decided, in plain words. Pure."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.business.catalogue import FIELDS, OVERRIDE, Catalogue, Listed
from connectors.business.sources import FIELDS as SOURCE_FIELDS
from connectors.business.sources import SourceRules, rule_for
from connectors.business.statements import ID_PREFIX
from contract.events import Webinar
from contract.source import canonical_source, default_group
from funnel.business.lists import decide
from streams.fold.lines import SourceRow


@dataclass(frozen=True, slots=True)
class Unsorted:
    """A source that no rule sorts."""

    group: str
    """The name that it keeps."""
    persons: int
    """How many persons have it, counted per webinar."""
    said: Mapping[str, str]

    @property
    def rule(self) -> str:
        """A rule, ready to paste under `rules:` of sources.yaml."""
        return rule_for(self.said, self.group)


def explain_webinar(webinar: Listed, said: Collection[Webinar], catalogue: Catalogue) -> Iterator[str]:
    """One line for each field of the webinar."""
    yield f"{webinar.webinar_id}: {webinar.title or 'no title'}"
    yield (
        f"  by its service: series_id {webinar.series_id or 'n/a'}, tags {', '.join(webinar.tags) or 'n/a'}, "
        f"channel {webinar.channel or 'n/a'}, host {webinar.host or 'n/a'}, platform {webinar.platform}"
    )
    decided = catalogue.decide(webinar)
    for name in FIELDS:
        decision = decided.get(name)
        others = [
            one for one in said if getattr(one, name) is not None and not one.event_id.startswith(f"{ID_PREFIX}:")
        ]
        theirs = max(others, key=lambda one: (one.authority or 0, one.occurred_at, one.event_id), default=None)
        by_hand = theirs is not None and (theirs.authority or 0) == OVERRIDE
        if decision is not None and (decision.authority == OVERRIDE or not by_hand):
            kind = "an override" if decision.authority == OVERRIDE else "the rule"
            yield f"  {name}: {decision.value}, by {kind} at {decision.place}"
        elif theirs is not None:
            who = f"the statement {theirs.event_id}" if theirs.authority else "its service"
            yield f"  {name}: {getattr(theirs, name) or 'n/a'}, said by {who}; no rule of the catalogue decides it"
        else:
            yield f"  {name}: n/a; neither its service nor a rule sets it"


def explain_source(stored: Iterable[SourceRow], asked: str, rules: SourceRules) -> Iterator[str]:
    """One line for each source that matches `asked`: a key as JSON, a value of any field, or a group's name."""
    found = [row.source for row in stored if _is_asked(row, asked)]
    for source in found or _as_source(asked):
        decision = decide(source, rules)
        shown = source_text(source)
        if decision is not None:
            yield f"{shown}: {decision.group}, by the rule at {decision.place}"
        else:
            yield f"{shown}: {default_group(source)}, its own name; no rule sorts it"


def unsorted(stored: Iterable[SourceRow], counts: Mapping[str, int], rules: SourceRules) -> Sequence[Unsorted]:
    """The sources that no rule sorts, those of most people first; without the empty source."""
    found = [
        Unsorted(default_group(row.source), counts.get(row.source, 0), canonical_source(row.source))
        for row in stored
        if canonical_source(row.source) and decide(row.source, rules) is None
    ]
    return sorted(found, key=lambda one: (-one.persons, one.group, sorted(one.said.items())))


def source_text(source: str) -> str:
    """A key of `sources` as text for people."""
    said = json.loads(source) if source else {}
    return ", ".join(f"{name} {value}" for name, value in said.items()) or "no source given"


def _is_asked(row: SourceRow, asked: str) -> bool:
    raw = json.loads(row.source) if row.source else {}
    values = {row.source_group, *raw.values(), *canonical_source(row.source).values()}
    return row.source == asked or asked.casefold() in {value.casefold() for value in values}


def _as_source(asked: str) -> list[str]:
    """A source that is not stored yet: a key as JSON, or a value of utm_source."""
    try:
        said = json.loads(asked)
    except ValueError:
        said = None
    if isinstance(said, dict) and said.keys() <= set(SOURCE_FIELDS) | {"referrer"}:
        return [json.dumps({name: str(value) for name, value in said.items()}, ensure_ascii=False)]
    return [json.dumps({"utm_source": asked}, ensure_ascii=False)]
