"""The filters that all business pages share, and the links that keep them. Pure, except that it reads query files."""

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
"""Variable -> label, for variables with values from queries/filters/<name>.sql."""
FIXED = {"completeness": ("State", COMPLETENESS), "weekday": ("Weekday", WEEKDAYS)}
NAMES = ("region", "course", "language", "format", "completeness", "weekday", "platform", "source", "people")
"""All filters in display order. queries/filters.sql has their conditions, except for people: a webinar has no such
column, so its numbers are counted again (queries/numbers.sql)."""
RARE = ("language", "format", "completeness", "weekday", "platform", "people")
"""Rarely used filters, which are folded away."""
FOLDED = 3
"""Grafana's value of `hide` for the menu of controls (13.2: VariableHide.inControlsMenu)."""


def filters() -> list[Json]:
    """The variables."""
    return [{**_filter(name), **({"hide": FOLDED} if name in RARE else {})} for name in NAMES]


def link(uid: str, *, time: str = "${__url_time_range}", **variables: str) -> str:
    """The address of a dashboard with the chosen filters and `variables`, as var-<name>.

    `time` is the address's time range. Values may be Grafana's ${…}.
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
