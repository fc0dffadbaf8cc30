"""The rules for operators: each has a case in which it fires and is quiet on a healthy installation."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest

from process.heartbeat import Heartbeat
from process.meters import registry_of
from process.metrics import ROLES
from tests.layers.sources import ROOT

RULES, TESTS = (ROOT / "prometheus" / name for name in ("rules.yml", "rules.test.yml"))
PROMTOOL = shutil.which("promtool")


def test_every_rule_has_a_case_in_which_it_fires_and_a_healthy_one() -> None:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    names = {one["alert"] for one in group["rules"]}
    healthy, *others = yaml.safe_load(TESTS.read_text())["tests"]
    assert {one["alertname"] for one in healthy["alert_rule_test"] if "exp_alerts" not in one} == names
    assert {one["alertname"] for case in others for one in case["alert_rule_test"] if one.get("exp_alerts")} == names


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on PATH")
def test_promtool_finds_nothing(tmp_path: Path) -> None:
    def said(*arguments: str, given: bytes | None = None) -> None:
        done = subprocess.run([str(PROMTOOL), *arguments], cwd=ROOT, input=given, capture_output=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()

    said("test", "rules", str(TESTS))
    said("check", "config", "--lint=all", "--lint-fatal", "prometheus/prometheus.yml")
    for role in ROLES:
        said("check", "metrics", given=generate_latest(registry_of(role, Heartbeat(tmp_path / role))))
