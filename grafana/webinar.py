"""The dashboard Webinar: one webinar, minute by minute, compared with its peers."""

from dataclasses import replace

from contract.measures import LONGEST, WATCHED, Step
from grafana.base import GridPos, Json, in_a_row, sql
from grafana.cards import cards
from grafana.columns import AGAINST_USUAL, Column
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
        width=150,
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
    Column("region", "Region", width=70),
    Column("course", "Course", width=95),
    Column("language", "Language", width=80),
    Column("format", "Format", words={"live": "Live", "recorded": "Recorded"}, width=75),
    Column("completeness", "State", words=STATES, width=110),
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
        "▲ more than typical, = as typical, ▼ less.",
        width=112,
        marks=AGAINST_USUAL,
        cell="color-text",
        color="text",
        extra=_RIGHT,
    ),
    Column("baseline", "Typical", "Of its peers; the same band as in the curves.", width=92, extra=_RIGHT),
    Column("of_came", "Of attendees", width=84, marks=AGAINST_USUAL, cell="color-text", color="text", extra=_RIGHT),
    Column(
        "drop_off",
        "Drop-off",
        "Lost since the step before: people, and their share of it.",
        extra={**_RIGHT, "custom.minWidth": 112},
    ),
    Column("place", "Place", hidden=True),
]
BESIDE = [
    Column("visits_all", "Joined (any length)", "At least one session, registered or not."),
    Column("walk_ins", "Walk-ins", WALK_INS),
    Column("registered_later", "Registered after the webinar", "After the end of the webinar."),
    Column("recording_viewers", "Watched the recording"),
    Column("recording_views", "Recording views", "Views, several a person; never a live visit."),
]
WATCHING = [
    Column(NO_SHOWS.name, NO_SHOWS.label, NO_SHOWS.description),
    Column("engaged_minutes", "Engaged minutes", "Watch time of all who watched together.", unit="locale"),
    Column(AVERAGE.name, AVERAGE.label, AVERAGE.description, unit=DURATION),
    Column(MEDIAN.name, MEDIAN.label, MEDIAN.description, unit=DURATION),
    Column(PEAK.name, PEAK.label, PEAK.description),
    Column(PEAK_AT.name, PEAK_AT.label, "On the webinar's own clock, and minutes after its start."),
]
DROP_OFFS = [
    Column("minute", "Minute", extra=_NARROW),
    Column("lost", "Left", "Within this minute.", extra=_NARROW),
    Column("share", "Of the room", unit="percentunit", decimals=1, extra=_NARROW),
    Column("moment", "Time", unit="time:HH:mm", extra=_NARROW),
]
SOURCES = [
    Column("source_group", "Source"),
    Column(
        "conversion", "Attendance rate", width=104, marks=AGAINST_USUAL, cell="color-text", color="text", extra=_RIGHT
    ),
    Column(
        f"conversion{LONGEST.ending}",
        LONGEST.rate,
        width=104,
        marks=AGAINST_USUAL,
        cell="color-text",
        color="text",
        extra=_RIGHT,
    ),
    Column("page_views", "Page views", PAGE_VIEWS, width=70),
    Column("registrations", "Registrants", REGISTERED, width=95),
    Column("share", "Share", "Of all registered.", unit="percentunit", decimals=1, width=75),
    Column("registered_visits", "Attendees", CAME, width=70),
    Column("walk_ins", "Walk-ins", WALK_INS, width=80),
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
        "By each minute, of those registered by then; nothing while fewer than 30 are. Band: the last ones like it.",
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
        "People; page views are views. Who was invited and how often the page for registering was viewed stand above "
        "Registered where the service or a table tells it (Zoom: views by tracked links).",
        "",
        # Only a table's columns have a width.
        [replace(FUNNEL[0], width=None), Column("people", "${__data.fields.step}")],
        GridPos(0, 3, 13, 9),
    )
    return [
        table(1, "", "", sql(UID, "head"), HEAD, GridPos(0, 0, 20, 3)),
        freshness(14, GridPos(20, 0, 4, 3), UID),
        reusing(only(_by_step(bars), ["step", "people"]), 3),
        table(
            3,
            "Beside what is typical · ▲ more, = as typical, ▼ less",
            "Over the registered: the invitation. Over those who came: the content. Grey: of fewer than 30.",
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
                    "What lies outside of what is typical, with the main cause; and what is not judged, and why.",
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
            "Of those that count: good at the end of the webinar, or now. Band: the last ones like it, by the same "
            "day before their start.",
            sql(UID, "before"),
            _BEFORE,
            GridPos(0, 20, 17, 8),
        ),
        _without_header(
            saying(
                table(
                    20,
                    "Forecast",
                    "How many will have registered by the start, with its range, as it was last reckoned.",
                    sql(UID, "forecast"),
                    FORECAST,
                    GridPos(17, 20, 7, 8),
                ),
                "No forecast: it has begun, or none was reckoned",
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
                "Live viewers, beside the last ones like it",
                "People at once, from half an hour before the start; the band holds eighty of a hundred earlier ones.",
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
                    "Retention: still in the room, of all who had come",
                    "Registered or not, from minute 5 on; nothing while fewer than 30 had come.",
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
                "Minutes in which three or more left that were 3 % of the room or more, the worst first; without the"
                " last three minutes of a webinar that is over.",
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
                "What the business wrote down of this webinar (docs/business-rules.md).",
                sql(UID, "notes"),
                NOTES,
                GridPos(18, 44, 6, 8),
            ),
            "No notes",
        ),
    ]


def _people() -> list[Json]:
    return [
        table(
            11,
            "Sources",
            "Grey: of fewer than 30. Percentages of the registered.",
            sql(UID, "sources"),
            SOURCES,
            GridPos(0, 52, 14, 8),
        ),
        barchart(
            12,
            "Watched, people",
            "All with any watch time, registered or not.",
            sql(UID, "watch_time"),
            [Column("watched", "Watched"), Column("people", "People", color="green")],
            GridPos(14, 52, 10, 8),
        ),
    ]


def _after() -> list[Json]:
    return [
        row(13, "Registrations and recording · in the webinar's own time zone", 60),
        barchart(
            16,
            "Registrations by day",
            "Of those that count: good at the end of the webinar, or now. The last 31 days that had any.",
            sql(UID, "registrations_by_day"),
            [Column("day", "Day"), Column("registrations", "Registrations", color="blue")],
            GridPos(0, 61, 8, 8),
        ),
        barchart(
            17,
            "Registrations by hour of the day",
            "Of those that count: good at the end of the webinar, or now.",
            sql(UID, "registrations_by_hour"),
            [Column("hour_of_day", "Hour"), Column("registrations", "Registrations", color="blue")],
            GridPos(8, 61, 8, 8),
        ),
        barchart(
            18,
            "Recording views by day",
            "Views, several a person; never a live visit. The first 31 days that had any.",
            sql(UID, "recording_views"),
            [Column("day", "Day"), Column("views", "Recording views", color="purple")],
            GridPos(16, 61, 8, 8),
        ),
    ]
