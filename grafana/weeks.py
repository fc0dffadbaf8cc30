"""The dashboard Weeks: a measure by week and region, course or language, as heat map and curves; the best time."""

from grafana.base import DATA_SOURCE, GREY, GridPos, Json, sql
from grafana.columns import NOT_AVAILABLE, Column
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters
from grafana.heat import hues, mappings
from grafana.panels import row, table, text, timeseries
from grafana.variables import switch
from grafana.words import AT, PERCENTS, SMALL_N, WEEKDAYS

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
_WORDS = (
    "To compare the same days of every week, choose them in *Weekday*. "
    "Of sources: the eight with the most registrants, and all others."
)
_WEEKS = "Whole weeks, Monday to Sunday, by each webinar's own local date."

_TOO_FEW: Json = {
    "type": "value",
    "options": {str(-n): {"text": f"Too few (n={n})", "color": f"{GREY}40", "index": n} for n in range(1, SMALL_N)},
}
"""For a share of fewer people than SMALL_N the query returns minus their number (queries/measure.sql)."""
_NOTHING: Json = {
    "type": "special",
    "options": {"match": "null", "result": {"text": "n/a", "color": "panel-bg", "index": SMALL_N}},
}
_COLOURED: Json = {
    "color": {"mode": "thresholds"},
    "thresholds": {
        "mode": "percentage",
        "steps": hues(),
    },
    "custom": {
        "align": "center",
        "cellOptions": {"type": "color-background", "mode": "basic"},
        "inspect": False,
        "minWidth": 70,
        "wrapHeaderText": True,
    },
    "mappings": [_TOO_FEW, _NOTHING],
    # From zero, not from the lowest value, so that small differences look small.
    "min": 0,
}
_HEAT: Json = {
    **{name: value for name, value in _COLOURED.items() if name not in ("min", "mappings", "thresholds")},
    "mappings": [*mappings(), _NOTHING],
}
_PLAIN: Json = {
    "custom.cellOptions": {"type": "auto"},
    "custom.align": "left",
    "color": {"mode": "thresholds"},
    "mappings": [NOT_AVAILABLE],
}

_NARROW = {"custom.minWidth": 90}
BEST = [
    Column("weekday", "Day", words=WEEKDAYS, width=60, extra={"custom.align": "left"}),
    Column("hour", "Hour", "On the local clock of each webinar.", width=70),
    Column("webinars", "Webinars", width=88),
    Column("registrations_per_webinar", "Registrants per webinar", decimals=0, extra=_NARROW),
    Column("registered_visits_per_webinar", "Attendees per webinar", decimals=0, extra=_NARROW),
    Column(
        "conversion",
        "Attendance rate",
        "Share of the registered, all of them together.",
        unit="percentunit",
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
        _heat_map(),
        timeseries(
            4,
            "${measure:text} by week and ${by:text}",
            f"One point a week, at its Monday; the week that is not over is shaded. {AT} "
            f"No point where it is a share of fewer than {SMALL_N} people.",
            sql(UID, "curves"),
            [Column("Total", "Total", color="text", extra={"custom.lineWidth": 3})],
            GridPos(0, 30, 24, 10),
            custom={"showPoints": "always", "spanNulls": True},
        ),
        row(5, "Best-attended slots", 40),
        _best_time_map(),
        table(
            7,
            "Best-attended slots",
            f"Webinars that are over, by weekday and hour; only where there were {LEAST_WEBINARS} or more.",
            sql(UID, "best_time"),
            BEST,
            GridPos(13, 41, 11, 11),
        ),
    ]


def _heat_map() -> Json:
    # The columns are the existing regions (or courses …), so only the first is named here.
    drawn = table(
        3,
        "${measure:text} by week and ${by:text}",
        f"{_WEEKS} Rates: blue above the total of the week, orange below it. Counts: the more, the bluer. {AT}",
        sql(UID, "heat_map"),
        [],
        GridPos(0, 2, 24, 28),
        defaults=_HEAT,
    )
    drawn["transformations"] = [
        {
            "id": "groupingToMatrix",
            "options": {"rowField": "week", "columnField": "of", "valueField": "value", "emptyValue": "null"},
        }
    ]
    plain = [
        {"id": name, "value": value}
        for name, value in {"displayName": "Week", "custom.width": 150, "custom.wrapText": True, **_PLAIN}.items()
    ]
    drawn["fieldConfig"]["overrides"] = [{"matcher": {"id": "byName", "options": "week\\of"}, "properties": plain}]
    return drawn


def _best_time_map() -> Json:
    days = [Column(day, WEEKDAYS[str(number)]) for number, day in enumerate(_DAYS, start=1)]
    return table(
        6,
        "${measure:text} by weekday and local hour",
        f"Numbers are per webinar. Only where there were {LEAST_WEBINARS} webinars or more that are over.",
        sql(UID, "best_time_map"),
        [Column("hour", "Hour", width=70, extra=_PLAIN), *days],
        GridPos(0, 41, 13, 11),
        defaults=_COLOURED,
    )


def _unfinished() -> Json:
    return {
        "name": "The week that is not over",
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
