"""The dashboards as they are built, and the parts of them that tests look at."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grafana.build import rendered

Json = dict[str, Any]

PAGES: dict[str, Json] = {page["uid"]: page for page in map(json.loads, rendered().values())}


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a page. `panel` is what it is for: the panel, or the annotation."""

    page: str
    panel: Json
    raw_sql: str
    series: bool

    def __str__(self) -> str:
        return f"{self.page} {self.panel.get('id', self.panel.get('name'))}"


def panels(page: Json) -> Iterator[Json]:
    """Every panel, those of closed rows too."""
    for panel in page["panels"]:
        yield panel
        yield from panel.get("panels", [])


def asked(page: Json) -> Iterator[Json]:
    """The panels that ask something."""
    return (panel for panel in panels(page) if panel.get("targets"))


def labels(panel: Json) -> list[str]:
    """The heads of a table's columns that are shown, as they read on one line."""
    shown = (
        {one["id"]: one["value"] for one in override["properties"]} for override in panel["fieldConfig"]["overrides"]
    )
    plain = str.maketrans({"\N{SOFT HYPHEN}": "", "\N{NO-BREAK SPACE}": " "})
    return [one["displayName"].translate(plain) for one in shown if not one.get("custom.hideFrom.viz")]


def queries(page: Json) -> Iterator[Query]:
    """The queries of panels and annotations. A panel may show what another one asked; then it has none."""
    for panel in asked(page):
        for target in panel["targets"]:
            if "rawSql" in target:
                yield Query(page["uid"], panel, target["rawSql"], target["format"] == 0)
    for annotation in page["annotations"]["list"]:
        yield Query(page["uid"], annotation, annotation["target"]["rawSql"], False)


def queried_variables(page: Json) -> list[Json]:
    return [variable for variable in page["templating"]["list"] if variable["type"] == "query"]
