"""The list of metrics, docs/metrics.md and what the code counts are one."""

import re
from pathlib import Path

import pytest

from process.__main__ import main
from process.heartbeat import Heartbeat
from process.meters import counter, registry_of
from process.metrics import BY_NAME, METRICS, ROLES, Role, of_role
from tests.layers.sources import ROOT, python_files
from tests.scraped import names_of

FRAMEWORK = ("process_", "funnel_failing", "funnel_progress_age_seconds")
"""What no place in the code counts: it is read when somebody asks."""


def test_names_are_as_prometheus_has_them() -> None:
    assert len(BY_NAME) == len(METRICS)
    for one in METRICS:
        assert re.fullmatch(r"(funnel|process)_[a-z_]+", one.name)
        assert one.name.endswith("_total") == (one.kind == "counter"), one.name
        assert bool(one.buckets) == (one.kind == "histogram"), one.name
        assert list(one.buckets) == sorted(set(one.buckets))
        assert one.help[0].isupper()
        assert not one.help.endswith(".")
    assert BY_NAME["funnel_event_visible_seconds"].buckets[0] == 0.05


def test_every_metric_is_counted_somewhere_and_nothing_else_is() -> None:
    found: set[str] = set()
    for path in python_files():
        if path != "process/metrics.py":
            found |= set(re.findall(r'"((?:funnel)_\w+?)"', (ROOT / path).read_text()))
    declared = {one.name for one in METRICS if not one.name.startswith(FRAMEWORK)}
    assert declared <= found
    assert {name for name in found if name.endswith(("_total", "_seconds", "_records", "_bytes"))} <= BY_NAME.keys()
    with pytest.raises(KeyError):
        counter("funnel_lag_records")


@pytest.mark.parametrize("role", ROLES)
def test_a_process_emits_what_is_declared_for_it_and_no_more(role: Role, tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path / "heartbeat", every=0.01)
    heart.fails("clickhouse", "away")
    families = list(registry_of(role, heart).collect())
    assert names_of(families) == {one.name for one in of_role(role)}
    assert {one.name: one.type for one in families if one.name == "process_open_fds"} == {"process_open_fds": "gauge"}
    failing = next(one for one in families if one.name == "funnel_failing")
    assert [(one.labels, one.value) for one in failing.samples] == [({"what": "clickhouse"}, 1.0)]


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assert main(["--check"]) == 0
