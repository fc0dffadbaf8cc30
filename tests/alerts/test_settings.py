"""Settings of alerts: mute times, channels, and the thresholds' file with its line-numbered errors."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from alerts.detection.settings import DropSettings
from alerts.settings import AlertSettings, thresholds
from connectors.toolkit.marked import FileError


@pytest.mark.parametrize(
    ("time", "muted"), [("21:59", False), ("22:00", True), ("03:00", True), ("07:00", False), ("12:30", True)]
)
def test_a_mute_time_may_go_over_midnight(time: str, muted: bool) -> None:
    config = AlertSettings(_env_file=None, mute="22:00-07:00, 12:00-13:00")
    assert config.muted(datetime.fromisoformat(f"2026-11-22T{time}")) is muted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mute", "22-7"),
        ("digest_at", "8"),
        ("weekly_at", "someday 09:00"),
        ("timezone", "Mars/Base"),
        ("kinds", "drop,all"),
        ("telegram_token", "1:x"),
    ],
)
def test_a_wrong_setting_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        AlertSettings(_env_file=None, **{name: value})  # type: ignore[arg-type]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert thresholds(tmp_path) == DropSettings()


def test_the_file_says_thresholds(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text("least_drop: 0.05  # five points\nalerting: [visits]\nleast_registrations:\n")
    assert thresholds(tmp_path) == DropSettings(least_drop=0.05, alerting=("visits",))


def test_a_wrong_file_names_its_lines(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text("least_drop: 5\nleast_registration: 10\n")
    with pytest.raises(FileError) as error:
        thresholds(tmp_path)
    first, second = str(error.value).splitlines()
    assert first.startswith("alerts.yaml:1: least_drop: ")
    assert second == "alerts.yaml:2: unknown key least_registration; did you mean least_registrations?"
