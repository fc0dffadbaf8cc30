"""The dashboard Webinars: one row per webinar with its numbers, labelled as in docs/design.md 2. Pure layout."""

from contract.measures import FULL, NAMED, STAYED, STEPS, Step
from grafana.base import GridPos, Json, sql
from grafana.cards import card
from grafana.columns import BESIDE_ITS_COUNT, FEW, Column, Mark
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters, link
from grafana.panels import row, saying, table
from grafana.variables import search
from grafana.words import (
    AT,
    AVERAGE,
    BUCKETS,
    CAME,
    COMPLETENESS,
    DURATION,
    INVITED,
    MEDIAN,
    NO_SHOWS,
    PAGE_VIEWS,
    PEAK,
    REGISTERED,
    SHARE,
    STATES,
    WALK_INS,
)

UID = "webinars"

_WIDTH = 92
_FIRST = 138
"""The least width of the first column: with the next three it fills a phone."""
_EXPLAINED = {step.ending: step.description for step in STEPS}
_ONE = link(
    "webinar",
    time="from=${__data.fields.from_ms.numeric}&to=${__data.fields.to_ms.numeric}",
    webinar="${__data.fields.webinar_id}",
)


def _marked(name: str, label: str, description: str, width: int) -> Column:
    """Only exceptions have a colour."""
    return Column(
        name,
        label,
        description,
        unit="locale",
        width=width,
        marks=BESIDE_ITS_COUNT,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    )


def _number(name: str, label: str, description: str, width: int = _WIDTH) -> Column:
    return Column(name, label, description, unit="locale", width=width)


def _count_and_share(step: Step) -> Column:
    return _marked(step.column, step.label, f"{step.description} With their share of the registrants.", 112)


# The first four fill a phone: the webinar, its registrants, its attendees, and the rate.
NUMBERS = [
    _marked("registrations", "Registrants", REGISTERED, 70),
    _number("registered_visits", "Attendees", CAME, 58),
    _marked(
        "conversion",
        "Attendance rate",
        "Show-up rate: attendees over registrants.",
        90,
    ),
    *(_count_and_share(step) for step in STEPS[1:]),
    _number(NO_SHOWS.name, NO_SHOWS.label, NO_SHOWS.description, 66),
    Column(AVERAGE.name, "Avg watch", AVERAGE.description, unit=DURATION, width=76),
]

UNUSUAL = {
    "drop": "Rate",
    "empty_room": "Empty room",
    "no_events": "No data",
    "pace": "Registrants",
    "standout": "Registrants",
    "rise": "Rate, better",
    "not_judged": "Not judged",
    "doubtful": "Doubtful",
    "rows_rejected": "Rows missing",
    "no_time": "No time",
}
"""Kind of a finding (contract/alert_events.py) -> a short label; its sentence does not fit into a row."""
_QUIET = ("not_judged",)
"""Kinds that ask nobody to act: without colour."""

SCHEDULE = [
    Column(
        "webinar",
        "Webinar",
        "When it begins, in its own time zone, and its title. A click opens it.",
        link=_ONE,
        extra={
            "custom.minWidth": _FIRST,
            "custom.wrapText": True,
            "custom.tooltip": {"field": "whole_title", "placement": "right"},
        },
    ),
    *NUMBERS,
    Column(MEDIAN.name, "Median watch", MEDIAN.description, unit=DURATION, width=76),
    _number(PEAK.name, PEAK.label, PEAK.description, 62),
    Column(
        "stands_out",
        "Needs attention",
        "What stands out. For the reason, point at the cell's corner or open the webinar.",
        width=90,
        words={kind: word for kind, word in UNUSUAL.items() if kind not in _QUIET},
        marks=tuple(Mark(kind, FEW, UNUSUAL[kind]) for kind in _QUIET),
        cell="color-text",
        color="orange",
        extra={"custom.tooltip": {"field": "unusual", "placement": "left"}},
    ),
    Column("completeness", "State", words=STATES, width=88),
    Column("region", "Region", width=92, extra={"custom.wrapText": True}),
    Column("course", "Course", width=100, extra={"custom.wrapText": True}),
    Column("unusual", "What stands out, and why", width=360, hidden=True),
    Column("whole_title", "Whole title", width=360, hidden=True),
    Column("webinar_id", "Id", hidden=True),
    Column("from_ms", "From", hidden=True),
    Column("to_ms", "To", hidden=True),
]

TOTALS = [
    Column(
        "what",
        "Ended",
        words={"together": "Total", "median": "Median webinar", "so_far": "Live, so far"},
        extra={"custom.minWidth": _FIRST},
    ),
    *NUMBERS,
    _number("webinars", "Webinars", "", 84),
]


def _fraction(name: str, label: str, description: str = "") -> Column:
    return Column(name, label, description, unit=SHARE, decimals=1, width=_WIDTH)


def _of_came(name: str, label: str) -> Column:
    return _fraction(f"{name}_of_came", f"{label}, % of attendees", "Of the registrants who attended.")


ALL_NUMBERS = [
    Column("local_start", "Local date and time", "In the webinar's own time zone.", width=140),
    Column("title", "Webinar", "A click opens it.", width=230, link=_ONE),
    Column("platform", "Service", width=85),
    Column("completeness", "State", words=COMPLETENESS, width=95),
    Column("region", "Region", width=100),
    Column("course", "Course", width=120),
    Column("language", "Language", width=85),
    Column("format", "Format", words={"live": "Live", "recorded": "Recorded"}, width=85),
    _number("invited", "Invited", INVITED),
    _number("page_views", "Page views", PAGE_VIEWS),
    _number("registrations", "Registrants", REGISTERED),
    _number("registered_later", "Registered after the webinar", "After the end. In no percentage."),
    _number("visits_all", "Joined (any length)", "At least one session, even of zero seconds, registered or not."),
    *(_number(f"visits{bucket}", f"{label}, all", "Registered or not.") for bucket, label in BUCKETS.items()),
    _number("walk_ins", "Walk-ins", WALK_INS),
    *(_number(f"registered_visits{bucket}", label, _EXPLAINED[bucket]) for bucket, label in BUCKETS.items()),
    _number(NO_SHOWS.name, NO_SHOWS.label, NO_SHOWS.description),
    *(
        Column(one.name, one.label, one.description, unit=DURATION, width=_WIDTH)
        for one in (NAMED["watch_seconds"], AVERAGE, MEDIAN)
    ),
    _number(PEAK.name, PEAK.label, PEAK.description),
    *(_fraction(f"conversion{bucket}", f"{label}, % of registrants") for bucket, label in BUCKETS.items()),
    *(_of_came(step.column, step.label) for step in STAYED),
    _of_came("watched_full", FULL.label),
    _number("recording_viewers", "Watched the recording", "People; never counted as attendees."),
    _number("recording_views", "Recording views", "Views, often several per person."),
    Column("webinar_id", "Id", "For funnel report --webinar.", width=200),
    Column("from_ms", "From", hidden=True),
    Column("to_ms", "To", hidden=True),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    return dashboard(UID, "Webinars", _panels(), [search("search", "Search"), *filters()], time=("now-28d", "now"))


def _panels() -> list[Json]:
    return [
        table(
            1,
            "",
            "Webinars that have ended: their sums, with rates as sum over sum, and the median webinar. Live ones stand "
            "apart.",
            sql(UID, "totals"),
            TOTALS,
            GridPos(0, 0, 20, 5),
        ),
        freshness(2, GridPos(20, 0, 4, 2)),
        card(
            3,
            sql(UID, "without_start"),
            Column(
                "webinars",
                "Without a start time",
                "No service or table says when they are. Those that people attended stand at the end of the list, with "
                "what to do.",
            ),
            GridPos(20, 2, 4, 3),
            number=20,
        ),
        saying(
            table(
                4,
                "Webinars · ▲ better, ▼ worse than typical",
                "Webinars that begin within the chosen time range, compared with earlier ones like them. "
                f"{AT} Grey: fewer than 30 registrants.",
                sql(UID, "schedule"),
                SCHEDULE,
                GridPos(0, 5, 24, 22),
            ),
            "No webinar here: choose a longer time range or fewer filters. Today has the first steps",
        ),
        row(5, "All numbers", 27, [_all_numbers()]),
    ]


def _all_numbers() -> Json:
    return saying(
        table(
            6,
            "All numbers",
            f"Every number of the same webinars. {AT}",
            sql(UID, "all_numbers"),
            ALL_NUMBERS,
            GridPos(0, 28, 24, 20),
        ),
        "No webinar in this time range",
    )
