"""The folder of ClickHouse or of Kafka is gone, or half of it: that is said, and there is a way back."""

import os
from pathlib import Path

import pytest

from tests.faults.installed.case import Case
from tests.faults.installed.installation import SLOWNESS, empty

pytestmark = pytest.mark.faults

REBUILD_SECONDS = 120.0 * SLOWNESS
_PERSONS = 300


def test_clickhouses_folder_is_gone(case: Case) -> None:
    """`funnel up` refuses to go on as if nothing had been there; `funnel rebuild` brings all of it back from Kafka."""
    case.send(_PERSONS)
    case.installation.down()
    empty(case.installation.config.data_dir / "clickhouse")
    case.begin()
    case.refused("up", "funnel rebuild")
    case.says("funnel rebuild")
    status, text = case.installation.funnel("rebuild", seconds=REBUILD_SECONDS)
    if status != 0:
        case.object(f"funnel rebuild ended with {status}: {text.strip()[-500:]}")
    case.come_up()
    case.send(_PERSONS)
    case.judge()


@pytest.mark.long
@pytest.mark.parametrize("how", ["gone", "its metadata log is empty"])
def test_kafkas_folder_is(case: Case, how: str) -> None:
    """Nothing is started on it silently; with topics of a new epoch it goes on beside what ClickHouse has."""
    case.send(_PERSONS)
    case.installation.down()
    kafka = case.installation.config.data_dir / "kafka"
    if how == "gone":
        empty(kafka)
    else:
        _empty_metadata(kafka)
    case.begin()
    case.refused("up", "FUNNEL_EPOCH", "new epoch")
    case.says("FUNNEL_EPOCH", "new epoch", of=["kafka"])
    empty(kafka)
    case.installation.raise_epoch()
    case.come_up()
    case.send(_PERSONS)
    case.judge()


def _empty_metadata(kafka: Path) -> None:
    logs = list(kafka.glob("data/__cluster_metadata-0/*.log"))
    assert logs, f"no metadata log in {kafka}"
    for log in logs:
        os.truncate(log, 0)
