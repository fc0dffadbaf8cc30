"""The generated parts of the docs, from `<!-- measures: part -->` to `<!-- end -->`. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from textwrap import fill

from contract.measures import CAME, FULL, MEASURES, STAYED, STEPS, THRESHOLDS, WATCHING, Exists, Step

_PART = re.compile(r"(<!-- measures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WIDTH = 120
_EXISTS: Mapping[Exists, str] = {
    "said": "if a service or a table reports it",
    "always": "always",
    "begun": "once it has begun",
    "watched": "if somebody watched",
    "recorded": "if the service reports recording views",
    "window": "once the webinar has lasted that long",
    "ended": "once it has ended",
}


class UnknownPart(ValueError):
    """A page names an unknown part; the message lists the known ones."""


def written(page: str) -> str:
    """The page with its parts generated from the measures. Raises UnknownPart."""
    return _PART.sub(lambda found: f"{found[1]}{_part(found[2])}\n{found[3]}", page)


def _part(name: str) -> str:
    if name not in _PARTS:
        raise UnknownPart(f"no part {name}; there are {', '.join(_PARTS)}")
    return _PARTS[name]()


def _table() -> str:
    """Every measure with its words, those of a step followed by its conversion."""
    rows = [
        f"| {one.label} | `{one.name}` | {one.description} | {_EXISTS[one.exists]} |" for one in (*MEASURES, *WATCHING)
    ]
    rows += [
        f"| {step.rate} | `conversion{step.ending}` | Share of the registered who {step.did}. | {_exists(step)} |"
        for step in STEPS
    ]
    return "\n".join(["| label | name | what | when it can exist |", "|---|---|---|---|", *rows])


def _exists(step: Step) -> str:
    return _EXISTS["begun"] if step is CAME else _EXISTS[step.exists]


def _buckets() -> str:
    """As docs/contract.md defines them."""
    levels = " ".join(f"`{step.metric}`: >= {step.seconds}." for step in STAYED)
    lasts = ", ".join(f"{step.minutes} min while the window is shorter than {step.seconds} s" for step in STAYED)
    return _paragraph(
        f"`visits`: watch time > 0. {levels} **Null before it can exist**: {lasts}, full until the webinar has ended."
    )


def _report() -> str:
    conversions = [f"conversion{step.ending}" for step in STEPS]
    names = [
        "webinar_id",
        "completeness",
        *(one.name for one in (*MEASURES, *WATCHING)),
        *conversions,
        "totals_only",
        "matched",
        "doubtful",
    ]
    return _paragraph(f"`{', '.join(names)}`.")


def _denominators() -> str:
    return _paragraph(
        f"`{', '.join(['registrations_begun', *(f'registrations{step.ending}' for step in STEPS[1:])])}`."
    )


def _labels() -> str:
    listed = ", ".join(f"**{step.label}** (`…{step.ending}`, {step.seconds:,} s)" for step in STAYED)
    return _paragraph(
        f"Buckets of this installation: {listed}; in stored rows `{THRESHOLDS}`. Besides: {CAME.label}, {FULL.label}."
    )


def _paragraph(text: str) -> str:
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


_PARTS: dict[str, Callable[[], str]] = {
    "table": _table,
    "chosen": _labels,
    "buckets": _buckets,
    "report": _report,
    "denominators": _denominators,
}


def stale(pages: Iterable[tuple[str, str]]) -> list[str]:
    """The names of the pages (name, text) that are out of date. Raises UnknownPart."""
    return [name for name, text in pages if written(text) != text]
