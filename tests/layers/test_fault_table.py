"""Where each fault is seen (docs/faults.md): every metric, rule, area and panel that it names is there."""

import json
import re
from typing import get_args

import yaml

from funnel.doctor.finding import Area
from process.metrics import BY_NAME
from tests.layers.sources import ROOT

_NONE = "none"


def rows() -> list[list[str]]:
    section = (ROOT / "docs/faults.md").read_text().split("## Where each fault is seen")[1].split("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line[:2] == "| "
    ]
    return cells[1:]


def named(cell: str, split: str = ", ") -> set[str]:
    return set() if cell.startswith(_NONE) else set(cell.split(split))


def test_all_names_are_those_of_the_code() -> None:
    found = rows()
    assert len(found) > 10
    rules = {one["alert"] for one in yaml.safe_load((ROOT / "prometheus/rules.yml").read_text())["groups"][0]["rules"]}
    board = json.loads((ROOT / "grafana/dashboards/data-health/data-health.json").read_text())
    panels = {panel.get("title") for panel in board["panels"]}
    for fault, _, metrics, alarms, areas, seen in found:
        assert set(re.findall(r"`(funnel_\w+)`", metrics)) <= BY_NAME.keys(), fault
        assert named(alarms) <= rules, fault
        assert named(areas) <= set(get_args(Area)), fault
        assert named(seen, "; ") <= panels, fault
        assert not all(cell.startswith(_NONE) for cell in (metrics, alarms, areas)), fault


def test_every_rule_tells_of_a_fault() -> None:
    rules = {one["alert"] for one in yaml.safe_load((ROOT / "prometheus/rules.yml").read_text())["groups"][0]["rules"]}
    assert rules - set().union(*(named(row[3]) for row in rows())) == {"MemoryGrows"}
