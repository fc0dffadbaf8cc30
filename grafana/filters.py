"""The filters that all business pages share, and the links that keep them. Pure but for the queries' files."""

from urllib.parse import quote

from grafana.base import Json, sql
from grafana.variables import choice, fixed_variable, query_variable
from grafana.words import COMPLETENESS, PEOPLE, WEEKDAYS

QUERIED = {
    "region": "Region",
    "course": "Course",
    "language": "Language",
    "format": "Format",
    "platform": "Service",
    "source": "Source",
}
"""Name of the variable -> label, for those whose values come from queries/filters/<name>.sql."""
FIXED = {"completeness": ("State", COMPLETENESS), "weekday": ("Weekday", WEEKDAYS)}
NAMES = ("region", "course", "language", "format", "completeness", "weekday", "platform", "source", "people")
"""In the order in which they stand. queries/filters.sql is their condition, but not of people: a webinar has no such
column, its numbers are counted anew (queries/numbers.sql)."""
RARE = ("language", "format", "completeness", "weekday", "platform", "people")
"""Those that fold away: seldom chosen."""
FOLDED = 3
"""Grafana's value of `hide` for what stands in the menu of controls (13.2: VariableHide.inControlsMenu)."""


def filters() -> list[Json]:
    """The variables."""
    return [{**_filter(name), **({"hide": FOLDED} if name in RARE else {})} for name in NAMES]


def link(uid: str, *, time: str = "${__url_time_range}", **variables: str) -> str:
    """The address of a dashboard, with the filters that are chosen and what `variables` give, as var-<name>.

    `time` is what the address says of the time range; their values may be Grafana's ${…}.
    """
    own = [f"var-{name}={quote(value, safe='${}._:')}" for name, value in variables.items()]
    kept = [f"${{{name}:queryparam}}" for name in NAMES if name not in variables]
    return f"/d/{uid}?{'&'.join(part for part in [*own, *kept, time] if part)}"


def _filter(name: str) -> Json:
    if name == "people":
        return choice(name, "Visitor type", PEOPLE)
    if name in FIXED:
        label, words = FIXED[name]
        return fixed_variable(name, label, words)
    return query_variable(name, QUERIED[name], sql("filters", name))
