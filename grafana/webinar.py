"""The dashboard Webinar: one webinar, minute by minute, compared with its peers."""

from dataclasses import replace

from contract.measures import LONGEST, WATCHED, Step
from grafana.base import GridPos, Json, in_a_row, sql
from grafana.cards import cards
from grafana.columns import AGAINST_TYPICAL, Column
from grafana.curves import beside_baseline, only, reusing
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters
from grafana.panels import barchart, bargauge, row, saying, table, trend
from grafana.variables import query_variable, switch
from grafana.words import (
    AVERAGE,
    CAME,
    DURATION,
    MEDIAN,
    NO_SHOWS,
    PAGE_VIEWS,
    PEAK,
    PEAK_AT,
    REGISTERED,
    SHARE,
    STATES,
    WALK_INS,
)

UID = "webinar"
MOMENTS = {"now": "As it stands now", "range": "As it stood at the end of the time range"}
"""Links open the page with the webinar's own time range, so that curves fill it; more may become known later."""

_BUCKET_IDS = (6, 7, 8, 24, 25)
_RIGHT = {"custom.align": "right"}
_NARROW = {"custom.minWidth": 80}
_WINDOW = (
    "/d/webinar?var-webinar=${__data.fields.webinar_id}&${moment:queryparam}"
    "&from=${__data.fields.from_ms.numeric}&to=${__data.fields.to_ms.numeric}"
)

HEAD = [
    Column(
        "title",
        "Webinar",
        "A click shows the time of this webinar.",
        width=200,
        link=_WINDOW,
        extra={"custom.wrapText": True},
    ),
    Column(
        "local_start",
        "Local date and time",
        "In the webinar's own time zone.",
        width=206,
        extra={"custom.wrapText": True},
    ),
    Column("region", "Region", width=100),
    Column("course", "Course", width=125, extra={"custom.wrapText": True}),
    Column("language", "Language", width=80),
    Column("format", "Format", words={"live": "Live", "recorded": "Recorded"}, width=80),
    Column("completeness", "State", words=STATES, width=92),
    Column("likeness", "Compared with", extra={"custom.wrapText": True}),
    Column("webinar_id", "Id", hidden=True),
    Column("from_ms", "From", hidden=True),
    Column("to_ms", "To", hidden=True),
]
FUNNEL = [
    Column("step", "Step", width=142),
    Column("people", "People", unit="locale", width=58),
    Column(
        "of_registered",
        "Of registered",
        "Share of the registrants. ▲ ▼: outside the typical range.",
        width=112,
        marks=AGAINST_TYPICAL,
        cell="color-text",
        color="text",
        extra=_RIGHT,
    ),
    Column(
        "baseline",
        "Typical",
        "The range of the earlier webinars like it; the same band as in the curves.",
        width=100,
        extra=_RIGHT,
    ),
    Column("of_came", "Of attendees", width=106, marks=AGAINST_TYPICAL, cell="color-text", color="text", extra=_RIGHT),
    Column(
        "drop_off",
        "Drop-off",
        "People lost since the step before, and their share of it.",
        extra={**_RIGHT, "custom.minWidth": 112},
    ),
    Column("place", "Place", hidden=True),
]
BESIDE = [
    Column("visits_all", "Joined (any length)", "At least one session, registered or not.", unit="locale"),
    Column("walk_ins", "Walk-ins", WALK_INS, unit="locale"),
    Column("registered_later", "Registered after the webinar", "In no percentage.", unit="locale"),
    Column("recording_viewers", "Watched the recording", "People; never counted as attendees.", unit="locale"),
    Column("recording_views", "Recording views", "Views, often several per person.", unit="locale"),
]
WATCHING = [
    Column(NO_SHOWS.name, NO_SHOWS.label, NO_SHOWS.description, unit="locale"),
    Column("engaged_minutes", "Engaged minutes", "Watch time of everyone together.", unit="locale"),
    Column(AVERAGE.name, AVERAGE.label, AVERAGE.description, unit=DURATION),
    Column(MEDIAN.name, MEDIAN.label, MEDIAN.description, unit=DURATION),
    Column(PEAK.name, PEAK.label, PEAK.description, unit="locale"),
    Column(PEAK_AT.name, PEAK_AT.label, "On the webinar's own clock, and minutes after its start."),
]
DROP_OFFS = [
    Column("minute", "Minute", extra=_NARROW),
    Column("lost", "Left", "Within this minute.", unit="locale", extra=_NARROW),
    Column("share", "Of the room", unit=SHARE, decimals=1, extra=_NARROW),
    Column("moment", "Time", "On the webinar's own clock.", extra=_NARROW),
]
SOURCES = [
    Column("source_group", "Source", extra={"custom.minWidth": 120, "custom.wrapText": True}),
    Column(
        "conversion", "Attendance rate", width=104, marks=AGAINST_TYPICAL, cell="color-text", color="text", extra=_RIGHT
    ),
    Column(
        f"conversion{LONGEST.ending}",
        LONGEST.rate,
        width=104,
        marks=AGAINST_TYPICAL,
        cell="color-text",
        color="text",
        extra=_RIGHT,
    ),
    Column("page_views", "Page views", PAGE_VIEWS, unit="locale", width=70),
    Column("registrations", "Registrants", REGISTERED, unit="locale", width=95),
    Column("share", "Share", "Of all registrants.", unit=SHARE, decimals=1, width=75),
    Column("registered_visits", "Attendees", CAME, unit="locale", width=70),
    Column("walk_ins", "Walk-ins", WALK_INS, unit="locale", width=80),
]


_MINUTE = Column("minute", "Minutes since the start", unit="none", extra={"min": 0})
_FROM_WAITING = replace(_MINUTE, extra={"min": -30})
_BEFORE = [
    Column("day", "Days before the start", unit="none", extra={"min": -14, "max": 0}),
    *beside_baseline("registrations", "Registrants"),
]
FORECAST = [Column("what", "What"), Column("people", "People", extra=_RIGHT)]
NOTES = [
    Column("minute", "Minute", width=70),
    Column("until_minute", "Until", width=60),
    Column("text", "Note", extra={"custom.wrapText": True}),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    # The page is about a single webinar; the filters are only kept for the links back.
    kept = [{**one, "hide": 2} for one in filters()]
    variables = [_which(), switch("moment", "Numbers", MOMENTS), *kept]
    return dashboard(UID, "Webinar", _panels(), variables, time=("now-3h", "now"))


def _which() -> Json:
    """The choice of a webinar; initially the latest that has begun."""
    return {
        **query_variable("webinar", "Webinar", sql(UID, "webinar")),
        "multi": False,
        "includeAll": False,
        "current": {"text": "", "value": ""},
    }


def _bucket(panel_id: int, step: Step, grid: GridPos) -> Json:
    columns = beside_baseline(step.column, step.label, unit="percentunit")
    panel = trend(
        panel_id,
        step.rate,
        "Up to each minute, of those registered by then; no curve below 30. Band: the typical range.",
        "",
        [_MINUTE, *columns],
        grid,
        unit="percentunit",
    )
    return reusing(only(panel, ["minute", *(column.name for column in columns)]), 5)


def _panels() -> list[Json]:
    return [*_numbers(), *_before(), *_curves(), *_people(), *_after()]


def _numbers() -> list[Json]:
    bars = bargauge(
        2,
        "Funnel",
        "People, except page views. Invited and Page views appear where the service or a table reports them (Zoom: "
        "views of its tracked links).",
        "",
        # Only a table's columns have a width.
        [replace(FUNNEL[0], width=None), Column("people", "${__data.fields.step}", unit="locale")],
        GridPos(0, 3, 13, 9),
    )
    return [
        table(1, "", "", sql(UID, "head"), HEAD, GridPos(0, 0, 20, 3)),
        freshness(14, GridPos(20, 0, 4, 3), UID),
        reusing(only(_by_step(bars), ["step", "people"]), 3),
        table(
            3,
            "Compared with typical · ▲ above, ▼ below",
            "Of registered tells about the invitation, of attendees about the content. Grey: fewer than 30 people.",
            sql(UID, "funnel"),
            FUNNEL,
            GridPos(13, 3, 11, 9),
        ),
        *cards(30, sql(UID, "beside"), (*WATCHING, *BESIDE), (4, 4, 4, 4, 4, 4), 12),
        _without_header(
            saying(
                table(
                    15,
                    "Needs attention",
                    "What is outside the typical range, with the main cause; and what is not judged, and why.",
                    sql(UID, "unusual"),
                    [Column("sentence", "What stands out, and why", extra={"custom.wrapText": True})],
                    GridPos(0, 16, 24, 4),
                ),
                "Not judged at this moment",
            )
        ),
    ]


def _without_header(panel: Json) -> Json:
    return {**panel, "options": {**panel["options"], "showHeader": False}}


def _by_step(bars: Json) -> Json:
    """Bars named after the steps; the number of people is the only value."""
    reduced = {**bars["options"]["reduceOptions"], "fields": ""}
    return {**bars, "options": {**bars["options"], "reduceOptions": reduced}}


def _before() -> list[Json]:
    return [
        trend(
            19,
            "Registrants by days before the start",
            "Registrations good at the end of the webinar, or now. Band: the range typical on the same day before the "
            "start.",
            sql(UID, "before"),
            _BEFORE,
            GridPos(0, 20, 17, 8),
        ),
        _without_header(
            saying(
                table(
                    20,
                    "Forecast",
                    "How many will have registered by the start, with the likely range.",
                    sql(UID, "forecast"),
                    FORECAST,
                    GridPos(17, 20, 7, 8),
                ),
                "No forecast: the webinar has begun, or too few are like it",
            )
        ),
    ]


def _curves() -> list[Json]:
    in_room = beside_baseline("in_room", "Live viewers", "green")
    retention = beside_baseline("retention", "Still in the room", "green", "percentunit")
    return [
        only(
            trend(
                5,
                "Live viewers, compared with typical",
                "People in the room, from half an hour before the start. Band: 80 % of the earlier webinars like it.",
                sql(UID, "timeline"),
                [_FROM_WAITING, *in_room],
                GridPos(0, 28, 24, 9),
            ),
            ["minute", *(column.name for column in in_room)],
        ),
        *map(_bucket, _BUCKET_IDS, WATCHED, in_a_row(len(WATCHED), 37, 7)),
        reusing(
            only(
                trend(
                    9,
                    "Retention: still in the room, of all who had joined",
                    "Registered or not, from minute 5 on; no curve below 30 people.",
                    "",
                    [_MINUTE, *retention],
                    GridPos(0, 44, 12, 8),
                    unit="percentunit",
                ),
                ["minute", *(column.name for column in retention)],
            ),
            5,
        ),
        saying(
            table(
                10,
                "Biggest drop-offs",
                "Minutes in which at least three people and 3 % of the room left, the worst first; without the last "
                "three minutes of a webinar that is over.",
                sql(UID, "drop_offs"),
                DROP_OFFS,
                GridPos(12, 44, 6, 8),
            ),
            "No drop-offs",
        ),
        saying(
            table(
                21,
                "Notes",
                "What the business noted about this webinar (docs/business-rules.md).",
                sql(UID, "notes"),
                NOTES,
                GridPos(18, 44, 6, 8),
            ),
            "No notes",
        ),
    ]


def _people() -> list[Json]:
    return [
        saying(
            table(
                11,
                "Sources",
                "Percentages of the registrants. Grey: fewer than 30.",
                sql(UID, "sources"),
                SOURCES,
                GridPos(0, 52, 14, 8),
            ),
            "No registrants yet",
        ),
        barchart(
            12,
            "People by watch time",
            "Everyone with any watch time, registered or not.",
            sql(UID, "watch_time"),
            [Column("watched", "Watched"), Column("people", "People", unit="locale", color="green")],
            GridPos(14, 52, 10, 8),
        ),
    ]


def _after() -> list[Json]:
    return [
        row(13, "Registrations and recording · in the webinar's own time zone", 60),
        barchart(
            16,
            "Registrations by day",
            "Registrations good at the end of the webinar, or now. The last 31 days with any.",
            sql(UID, "registrations_by_day"),
            [Column("day", "Day"), Column("registrations", "Registrations", color="blue")],
            GridPos(0, 61, 8, 8),
        ),
        barchart(
            17,
            "Registrations by hour of the day",
            "Registrations good at the end of the webinar, or now.",
            sql(UID, "registrations_by_hour"),
            [Column("hour_of_day", "Hour"), Column("registrations", "Registrations", color="blue")],
            GridPos(8, 61, 8, 8),
        ),
        barchart(
            18,
            "Recording views by day",
            "Views, often several per person. The first 31 days with any.",
            sql(UID, "recording_views"),
            [Column("day", "Day"), Column("views", "Recording views", color="purple")],
            GridPos(16, 61, 8, 8),
        ),
    ]
