"""The dashboard Sources: conversion by source group for a period beside the one before, and what changed it."""

from grafana.base import GridPos, Json, sql
from grafana.columns import FEW, Column, Mark
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters, link
from grafana.panels import row, table, text, timeseries
from grafana.variables import query_variable, switch
from grafana.words import PERCENTS, REGISTERED, SMALL_N

UID = "sources"

STEPS = {f"conversion{bucket}": label for bucket, label in PERCENTS.items()}

_WORDS = "Final webinars of the chosen time, against the **same length of time before it**."
_CHANGE = {
    "thresholds": {
        "mode": "absolute",
        "steps": [
            {"color": "red", "value": None},
            {"color": "text", "value": -0.05},
            {"color": "green", "value": 0.05},
        ],
    },
    "color": {"mode": "thresholds"},
}
_FEW = (Mark(r".*\(n=\d+\)|n/a", FEW),)
_NEW = (Mark("New", "blue"),)


def _share(name: str, label: str) -> Column:
    return Column(name, label, "Of all registrations in that period.", unit="percentunit", decimals=1, width=95)


def _percent(name: str, label: str, description: str = "") -> Column:
    return Column(
        name,
        label,
        description,
        width=104,
        marks=_FEW,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    )


def _points(name: str, label: str, description: str, width: int = 136) -> Column:
    return Column(name, label, description, decimals=2, width=width, cell="color-text", extra=_CHANGE)


BY_SOURCE = [
    Column(
        "source_group",
        "Source",
        "A click shows what is inside.",
        link=link(UID, inside="${__data.fields.inside:percentencode}", step="${step}"),
    ),
    _percent("conversion", "This period", f"What is shown, of the registered. Grey: of fewer than {SMALL_N} people."),
    _points("change", "Change (pp)", "This period less the one before.", 102),
    _points(
        "mix",
        "Mix effect (pp)",
        "What it adds to the change of all together because more or fewer registered from it than before.",
    ),
    _points(
        "rate",
        "Rate effect (pp)",
        "What it adds to the change of all together because more or fewer of its people came than before.",
    ),
    Column("new", "New", "Nobody registered from it before this period.", width=60, marks=_NEW, cell="color-text"),
    Column("registrations", "Registrants", REGISTERED, width=100),
    _share("share", "Share of registered"),
    _percent("conversion_before", "Period before"),
    _share("share_before", "Share before"),
    _percent("median", "Median webinar", f"The middle one of the webinars with {SMALL_N} or more registered from it."),
    Column("inside", "Inside", hidden=True),
]

INSIDE = [
    Column("source_group", "Source", width=140, extra={"custom.wrapText": True}),
    Column(
        "raw_source",
        "Raw value",
        "utm_source, else tracking code, the service's own word, or the referrer.",
        extra={"custom.minWidth": 112, "custom.wrapText": True},
    ),
    _percent("conversion", "Attendance rate"),
    Column("new", "New", "Nobody registered with it before this period.", width=60, marks=_NEW, cell="color-text"),
    Column("registrations", "Registrants", REGISTERED, width=95),
    _share("share", "Share"),
    Column("medium", "Medium", width=110),
    Column("campaign", "Campaign", width=170),
    _percent("conversion_before", "Attendance rate before"),
    Column("registrations_before", "Registrants before", width=95),
]

UNSORTED = [
    Column("source_group", "Shown as"),
    Column("raw_source", "Raw value"),
    Column("variants", "Media and campaigns", width=100),
    Column("webinars", "Webinars", width=85),
    Column("registrations", "Registrants", REGISTERED, width=95),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    inside = query_variable("inside", "Drill into", sql("filters", "source"))
    variables = [switch("step", "Show", STEPS), *filters(), inside]
    return dashboard(UID, "Sources", _panels(), variables, time=("now-28d", "now"), refresh="5m")


def _panels() -> list[Json]:
    return [
        text(1, "", _WORDS, GridPos(0, 0, 20, 2)),
        freshness(2, GridPos(20, 0, 4, 2)),
        table(
            3,
            "${step:text} by source",
            "Percentages are sums over sums. The change of all together is the sum of two things: more from weaker "
            "sources (or fewer), and fewer came from the same sources (or more).",
            sql(UID, "sources"),
            BY_SOURCE,
            GridPos(0, 2, 24, 12),
        ),
        timeseries(
            4,
            "${step:text} by week",
            f"One point a week, at its Monday; none where fewer than {SMALL_N} registered.",
            sql(UID, "weekly_conversion"),
            [],
            GridPos(0, 14, 12, 10),
            custom={"showPoints": "always", "spanNulls": True},
        ),
        timeseries(
            5,
            "Registrants by week",
            "For webinars of that week that are final.",
            sql(UID, "weekly_registrations"),
            [],
            GridPos(12, 14, 12, 10),
            custom={
                "drawStyle": "bars",
                "fillOpacity": 70,
                "lineWidth": 0,
                "stacking": {"group": "A", "mode": "normal"},
            },
        ),
        row(6, "Inside: ${inside:text}", 24),
        table(
            7,
            "Raw UTM values",
            "The 200 with the most registrations. Choose a source above, or in Look inside.",
            sql(UID, "inside"),
            INSIDE,
            GridPos(0, 25, 24, 11),
        ),
        table(
            8,
            "Unmapped sources",
            "No rule of the business says where these belong; they keep their own name. See docs/business-rules.md.",
            sql(UID, "unsorted"),
            UNSORTED,
            GridPos(0, 36, 24, 10),
        ),
    ]
