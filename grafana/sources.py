"""The dashboard Sources: rates by source for a period and the one before, what changed the total, and the weeks."""

from contract.measures import STEPS as STEPS_OF_ALL
from grafana.base import GridPos, Json, sql
from grafana.columns import FEW, Column, Mark
from grafana.curves import one_of, only, reusing
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters, link
from grafana.heat import heat_map
from grafana.panels import row, saying, sentence, table, timeseries
from grafana.variables import query_variable, switch
from grafana.weeks import MEASURES
from grafana.words import PERCENTS, REGISTERED, SHARE, SMALL_N

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
_FEW_BESIDE = (Mark(r"(.*) \(n=\d+\)", FEW, "$1"), Mark("n/a", FEW))
"""Where the registrants stand in the same row."""
_NEW = (Mark("New", "blue"),)


def _share(name: str, label: str, width: int = 76) -> Column:
    return Column(name, label, "Of all registrants in that period.", unit=SHARE, decimals=1, width=width)


def _percent(name: str, label: str, description: str = "", width: int = 112, marks: tuple[Mark, ...] = _FEW) -> Column:
    return Column(
        name,
        label,
        description,
        width=width,
        marks=marks,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    )


def _points(name: str, label: str, description: str, width: int = 136) -> Column:
    return Column(name, label, description, decimals=1, width=width, cell="color-text", extra=_CHANGE)


_DRILL = link(UID, inside="${__data.fields.inside:percentencode}", step="${step}", measure="${measure}")


def _source(width: int, description: str = "") -> Column:
    extra = {"custom.minWidth": width, "custom.wrapText": True}
    return Column("source_group", "Source", description, extra=extra, link=_DRILL)


_EFFECT = _points(
    "effect", "Effect on total (pp)", "Its part in the change of the total: mix effect plus rate effect.", 80
)
_IS_NEW = Column("new", "New", "Nobody registered from it before this period.", width=50, marks=_NEW, cell="color-text")
_REGISTRANTS = Column("registrations", "Registrants", REGISTERED, unit="locale", width=70)
BY_SOURCE = [
    _source(120, "A click shows what is inside, beside."),
    _REGISTRANTS,
    _share("share", "Share", 72),
    *(_percent(f"now_{step.column}", step.rate, step.description, 90, _FEW_BESIDE) for step in STEPS_OF_ALL),
    _EFFECT,
    _IS_NEW,
    Column("headline", "In a sentence", hidden=True),
    Column("inside", "Inside", hidden=True),
]
CHANGES = [
    _source(130),
    _percent("conversion", "This period", "The rate that is shown."),
    _percent("conversion_before", "Period before", "The rate that is shown."),
    _points("change", "Change (pp)", "Of its own rate: this period less the one before.", 92),
    _EFFECT,
    _points("mix", "Mix effect (pp)", "Because more or fewer registered from it than before.", 92),
    _points("rate", "Rate effect (pp)", "Because more or fewer of its registrants came than before.", 92),
    _REGISTRANTS,
    _share("share", "Share"),
    _share("share_before", "Share before"),
    _percent("median", "Median webinar", f"Of its webinars with {SMALL_N} or more registrants.", 92),
    _IS_NEW,
    Column("inside", "Inside", hidden=True),
]

INSIDE = [
    Column(
        "raw_source",
        "Raw value",
        "utm_source, else tracking code, the service's own word, or the referrer. The cell's corner tells its source.",
        words={"": "nothing said"},
        extra={
            "custom.minWidth": 118,
            "custom.wrapText": True,
            "custom.tooltip": {"field": "source_group", "placement": "left"},
        },
    ),
    Column("registrations", "Registrants", REGISTERED, unit="locale", width=70),
    _share("share", "Share", 70),
    _percent("conversion", "Attendance rate", width=90, marks=_FEW_BESIDE),
    _percent("conversion_before", "Rate before", "Of the same length of time before.", 104),
    Column("new", "New", "Nobody registered with it before this period.", width=50, marks=_NEW, cell="color-text"),
    Column("medium_and_campaign", "Medium · campaign", width=104, extra={"custom.wrapText": True}),
    Column("source_group", "Source", width=150, hidden=True),
]

UNSORTED = [
    Column("source_group", "Shown as"),
    Column("raw_source", "Raw value"),
    Column("variants", "Media and campaigns", width=100),
    Column("webinars", "Webinars", unit="locale", width=85),
    Column("registrations", "Registrants", REGISTERED, unit="locale", width=95),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    inside = query_variable("inside", "Drill into", sql("filters", "source"))
    variables = [switch("step", "Show", STEPS), switch("measure", "By week", MEASURES), *filters(), inside]
    return dashboard(UID, "Sources", _panels(), variables, time=("now-28d", "now"), refresh="5m")


def _panels() -> list[Json]:
    by_source = saying(
        table(
            3,
            "${step:text} by source",
            "Of the final webinars of the chosen time. Rates are sums over sums. Grey: fewer than 30 registrants.",
            sql(UID, "sources"),
            BY_SOURCE,
            GridPos(0, 2, 13, 13),
        ),
        "No registrants in this time range",
    )
    changes = saying(
        table(
            9,
            "What changed the total: mix effect and rate effect",
            "Compared with the same length of time before. The change of the total is the sum of two effects: more or "
            "fewer registrants from weak sources (mix), and more or fewer of a source's registrants who came (rate).",
            "",
            CHANGES,
            GridPos(0, 35, 24, 12),
        ),
        "Nothing to compare in this time range",
    )
    headline = sentence(
        1,
        "The final webinars of the chosen time, compared with the same length of time before.",
        [Column("headline", "In a sentence")],
        GridPos(0, 0, 20, 2),
    )
    return [
        reusing(only(headline, ["headline"]), 3),
        freshness(2, GridPos(20, 0, 4, 2)),
        only(by_source, [column.name for column in BY_SOURCE]),
        saying(
            table(
                7,
                "Inside ${inside:text}: raw UTM values",
                "The 200 with the most registrants. A click on a source shows its own.",
                sql(UID, "inside"),
                INSIDE,
                GridPos(13, 2, 11, 13),
            ),
            "No registrants of this source in this time range",
        ),
        heat_map(
            10, "${measure:text} by week and source", sql("weeks", "heat_map", by="source"), GridPos(0, 15, 24, 9)
        ),
        *_curves(),
        row(11, "What changed the total: mix effect and rate effect", 34, [reusing(_named(changes), 3)]),
        row(6, "Unmapped sources", 47, [_unmapped()]),
    ]


def _named(panel: Json) -> Json:
    return only(panel, [column.name for column in CHANGES])


def _curves() -> list[Json]:
    rates = timeseries(
        4,
        "${step:text} by week",
        f"One point per week, at its Monday; none where fewer than {SMALL_N} registered. The eight sources with "
        "the most registrants, and all others.",
        sql(UID, "weekly"),
        [],
        GridPos(0, 24, 12, 10),
        custom={"showPoints": "always", "spanNulls": True},
    )
    registrants = timeseries(
        5,
        "Registrants by week",
        "For the final webinars of each week.",
        "",
        [],
        GridPos(12, 24, 12, 10),
        custom={
            "drawStyle": "bars",
            "fillOpacity": 70,
            "lineWidth": 0,
            "stacking": {"group": "A", "mode": "normal"},
        },
    )
    return [one_of(rates, "rate"), reusing(one_of(registrants, "registrants"), rates["id"])]


def _unmapped() -> Json:
    return saying(
        table(
            8,
            "Unmapped sources",
            "No rule of the business says where these belong, so they keep their own name (docs/business-rules.md).",
            sql(UID, "unsorted"),
            UNSORTED,
            GridPos(0, 48, 24, 10),
        ),
        "No unmapped sources",
    )
