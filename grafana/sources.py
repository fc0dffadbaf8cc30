"""The dashboard Sources: conversion by source group in a period and the one before, and what changed it."""

from contract.measures import STEPS as STEPS_OF_ALL
from grafana.base import GridPos, Json, sql
from grafana.columns import FEW, Column, Mark
from grafana.curves import only, reusing
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters, link
from grafana.panels import row, sentence, table, timeseries
from grafana.variables import query_variable, switch
from grafana.words import PERCENTS, REGISTERED, SMALL_N

UID = "sources"

STEPS = {f"conversion{bucket}": label for bucket, label in PERCENTS.items()}

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
    return Column(name, label, "Of all registrations in that period.", unit="percentunit", decimals=1, width=84)


def _percent(name: str, label: str, description: str = "", width: int = 104) -> Column:
    return Column(
        name,
        label,
        description,
        width=width,
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
        "A click shows what is inside, below.",
        extra={"custom.minWidth": 130, "custom.wrapText": True},
        link=link(UID, inside="${__data.fields.inside:percentencode}", step="${step}"),
    ),
    Column("registrations", "Registrants", REGISTERED, unit="locale", width=82),
    _share("share", "Share of registrants"),
    *(_percent(f"now_{step.column}", step.rate, step.description, 92) for step in STEPS_OF_ALL),
    _points(
        "effect",
        "Effect on total (pp)",
        "What it adds to the change of the total: mix effect and rate effect. Sort by it to see who changed it.",
        92,
    ),
    _points("mix", "Mix effect (pp)", "Because more or fewer registered from it than before.", 84),
    _points("rate", "Rate effect (pp)", "Because more or fewer of its registrants came than before.", 84),
    _points("change", "Change (pp)", "Of its own rate: this period less the one before.", 84),
    Column("new", "New", "Nobody registered from it before this period.", width=56, marks=_NEW, cell="color-text"),
    _percent("conversion_before", "Period before", "The rate that is shown, of the registrants.", 92),
    _share("share_before", "Share before"),
    _percent(
        "median", "Median webinar", f"The middle one of the webinars with {SMALL_N} or more registered from it.", 84
    ),
    Column("conversion", "This period", "The rate that is shown.", hidden=True),
    Column("headline", "In a sentence", hidden=True),
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
        reusing(
            only(
                sentence(
                    1,
                    "Final webinars of the chosen time, against the same length of time before it.",
                    [Column("headline", "In a sentence")],
                    GridPos(0, 0, 20, 2),
                ),
                ["headline"],
            ),
            3,
        ),
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
            GridPos(0, 25, 12, 10),
            custom={"showPoints": "always", "spanNulls": True},
        ),
        timeseries(
            5,
            "Registrants by week",
            "For webinars of that week that are final.",
            sql(UID, "weekly_registrations"),
            [],
            GridPos(12, 25, 12, 10),
            custom={
                "drawStyle": "bars",
                "fillOpacity": 70,
                "lineWidth": 0,
                "stacking": {"group": "A", "mode": "normal"},
            },
        ),
        row(6, "Inside: ${inside:text}", 14),
        table(
            7,
            "Raw UTM values",
            "The 200 with the most registrations. Choose a source above, or in Look inside.",
            sql(UID, "inside"),
            INSIDE,
            GridPos(0, 15, 24, 10),
        ),
        table(
            8,
            "Unmapped sources",
            "No rule of the business says where these belong; they keep their own name. See docs/business-rules.md.",
            sql(UID, "unsorted"),
            UNSORTED,
            GridPos(0, 35, 24, 10),
        ),
    ]
