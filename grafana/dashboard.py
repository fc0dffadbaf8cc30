"""A dashboard around its panels: what all pages share. Pure, except that it reads the shared queries."""

import json
from collections.abc import Iterable, Sequence

from grafana.base import AS_OF, QUERIES, SCHEMA_VERSION, GridPos, Json, sql
from grafana.cards import card
from grafana.columns import Column
from grafana.variables import as_of

PAGES = {
    "today": "Today",
    "webinars": "Webinars",
    "webinar": "Webinar",
    "on-now": "Live",
    "weeks": "Weeks",
    "sources": "Sources",
    "data-health": "Data health",
}
"""uid -> title of the pages linked at the top of every page, in this order."""
PERIODS = ("webinars", "weeks", "sources")
"""Pages about a period. Links between them keep the time range; other links open a page's own."""
TAG = "webinar-funnel"
QUICK_RANGES = (
    ("Today", "now/d", "now/d"),
    ("Yesterday", "now-1d/d", "now-1d/d"),
    ("This week", "now/w", "now"),
    ("Last week", "now-1w/w", "now-1w/w"),
    ("Last 7 days", "now-7d", "now"),
    ("Last 4 weeks", "now-28d", "now"),
    ("This month", "now/M", "now"),
    ("Last month", "now-1M/M", "now-1M/M"),
    ("This quarter", "now/Q", "now"),
    ("Last quarter", "now-1Q/Q", "now-1Q/Q"),
    ("Last 6 months", "now-25w/w", "now"),
    ("Last 3 hours", "now-3h", "now"),
)
"""The options of the time picker (title, from, to): common ranges, and those with which pages open."""


def dashboard(
    uid: str,
    title: str,
    panels: Sequence[Json],
    variables: Sequence[Json],
    time: tuple[str, str],
    *,
    refresh: str = "30s",
    annotations: Sequence[Json] = (),
) -> Json:
    """A dashboard that is not edited in the browser. `time`: its initial range, from and to."""
    return {
        "annotations": {"list": list(annotations)},
        "editable": False,
        "graphTooltip": 1,
        "links": [],
        "panels": list(panels),
        "refresh": refresh,
        "schemaVersion": SCHEMA_VERSION,
        "tags": [TAG],
        "templating": {"list": [*variables, *_as_of(uid, panels)]},
        "time": {"from": time[0], "to": time[1]},
        "timepicker": {
            "refresh_intervals": ["5s", "10s", "30s", "1m", "5m", "15m", "1h"],
            "quick_ranges": _quick_ranges(),
        },
        # The installation's default: the company's (GF_DATE_FORMATS_DEFAULT_TIMEZONE = FUNNEL_DEFAULT_TIMEZONE).
        "timezone": "",
        "title": title,
        "uid": uid,
        "version": 1,
        "weekStart": "monday",
    }


def _as_of(uid: str, panels: Sequence[Json]) -> list[Json]:
    """The variable by which its queries are named, where there is one. Last: it may use those before it."""
    if f"${{{AS_OF}:" not in json.dumps(panels):
        return []
    return [as_of(sql(uid if (QUERIES / uid / f"{AS_OF}.sql").is_file() else "shared", AS_OF))]


def with_links(one: Json, present: Iterable[str]) -> Json:
    """The dashboard with links at its top to those of PAGES that are `present`; they keep the filters."""
    uids = set(present)
    return {**one, "links": [_link(one["uid"], uid) for uid in PAGES if uid in uids]}


def _quick_ranges() -> list[Json]:
    return [{"display": title, "from": begin, "to": end} for title, begin, end in QUICK_RANGES]


def freshness(panel_id: int, grid: GridPos, folder: str = "shared") -> Json:
    """How fresh a page's numbers are, in words. `folder`: of its query."""
    said = "Whether the workers have read what came, and how old the newest event is that these numbers may rest on."
    return card(panel_id, sql(folder, "freshness"), Column("freshness", "Data", said), grid, number=14)


def _link(here: str, uid: str) -> Json:
    return {
        "asDropdown": False,
        "icon": "dashboard",
        "includeVars": True,
        "keepTime": here in PERIODS and uid in PERIODS,
        "tags": [],
        "targetBlank": False,
        "title": PAGES[uid],
        "tooltip": "",
        "type": "link",
        "url": f"/d/{uid}",
    }
