"""The dashboard Weeks: a measure by week and region, course or source, as heat map and curves; the best slots."""

from grafana.base import DATA_SOURCE, GREY, GridPos, Json, sql
from grafana.columns import Column
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters
from grafana.heat import LABEL, coloured, heat_map
from grafana.panels import row, saying, table, text, timeseries
from grafana.variables import switch
from grafana.words import AT, PERCENTS, SHARE, SMALL_N, WEEKDAYS

UID = "weeks"

BY = {
    "region": "Region",
    "course": "Course",
    "language": "Language",
    "platform": "Service",
    "format": "Format",
    "source": "Source",
}
MEASURES = {
    **{f"conversion{bucket}": label for bucket, label in PERCENTS.items()},
    "registrations": "Registrants",
    "registered_visits": "Attendees",
    "walk_ins": "Walk-ins",
    "recording_views": "Recording views",
    "webinars": "Webinars",
    "side_by_side": "Registrants · attendees · rate",
}
LEAST_WEBINARS = 3
"""The least for a weekday and hour; fewer are not meaningful (queries/weeks/best_time.sql)."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS = "One weekday only: *More filters*. By source: the eight largest, the rest as *Other*."

_SO_FAR: Json = {"custom.lineWidth": 3, "custom.lineStyle": {"fill": "dash", "dash": [8, 8]}}

_NARROW = {"custom.minWidth": 90}
BEST = [
    Column("weekday", "Day", words=WEEKDAYS, width=60, extra={"custom.align": "left"}),
    Column("hour", "Hour", "On the local clock of each webinar.", width=70),
    Column("webinars", "Webinars", unit="locale", width=88),
    Column("registrations_per_webinar", "Registrants per webinar", unit="locale", decimals=0, extra=_NARROW),
    Column("registered_visits_per_webinar", "Attendees per webinar", unit="locale", decimals=0, extra=_NARROW),
    Column(
        "conversion",
        "Attendance rate",
        "All attendees over all registrants.",
        unit=SHARE,
        decimals=1,
        extra=_NARROW,
    ),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    variables = [switch("measure", "Show", MEASURES), switch("by", "By", BY), *filters()]
    return dashboard(
        UID, "Weeks", _panels(), variables, time=("now-25w/w", "now"), refresh="5m", annotations=[_unfinished()]
    )


def _panels() -> list[Json]:
    return [
        text(1, "", _WORDS, GridPos(0, 0, 20, 2)),
        freshness(2, GridPos(20, 0, 4, 2)),
        heat_map(3, "${measure:text} by week · ${by:text}", sql(UID, "heat_map"), GridPos(0, 2, 24, 20)),
        timeseries(
            4,
            "${measure:text} by week",
            "One point per week, at its Monday. Dashed: the total of the running week so far, of the webinars that "
            f"have ended. {AT} No point for a share of fewer than {SMALL_N} people.",
            sql(UID, "curves"),
            [
                Column("Total", "Total", color="text", extra={"custom.lineWidth": 3}),
                Column("Total, so far", "Total, so far", color="text", extra=_SO_FAR),
            ],
            GridPos(0, 22, 24, 10),
            custom={"showPoints": "always", "spanNulls": True},
        ),
        row(5, "Best-attended slots", 32),
        _best_time_map(),
        saying(
            table(
                7,
                "Best-attended slots",
                f"Ended webinars by weekday and hour; only slots with {LEAST_WEBINARS} or more.",
                sql(UID, "best_time"),
                BEST,
                GridPos(13, 33, 11, 11),
            ),
            "No webinar has ended in this time range",
        ),
    ]


def _best_time_map() -> Json:
    days = [Column(day, WEEKDAYS[str(number)]) for number, day in enumerate(_DAYS, start=1)]
    return saying(
        table(
            6,
            "${measure:text} by weekday and local hour",
            f"Counts are per webinar. The more, the bluer. Only slots with {LEAST_WEBINARS} or more ended webinars.",
            sql(UID, "best_time_map"),
            [Column("hour", "Hour", width=70, extra=LABEL), *days],
            GridPos(0, 33, 13, 11),
            defaults=coloured(),
        ),
        "No webinar has ended in this time range",
    )


def _unfinished() -> Json:
    return {
        "name": "The running week",
        "enable": True,
        "hide": True,
        "iconColor": GREY,
        "datasource": DATA_SOURCE,
        "target": {
            "refId": "Anno",
            "editorType": "sql",
            "queryType": "table",
            "format": 1,
            "rawSql": sql(UID, "unfinished"),
        },
    }
