"""The disk of ClickHouse, of Kafka, of the webhook server's spool, or of all is full, then has room again."""

import pytest

from tests.faults.installed.case import Case
from tests.faults.installed.disk import RESERVE_MB, Disk, why_not
from tests.faults.installed.installation import PARTS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(bool(why_not()), reason=f"no disk can be made full here: {why_not()}"),
]

CAPABILITIES = ("no space left", "disk", "free")
_EVENTS = 100
"""So many more that it is seen to go on."""


@pytest.mark.parametrize(
    "part", ["all", "clickhouse", *(pytest.param(one, marks=pytest.mark.long) for one in PARTS[::2])]
)
def test_the_disk_is_full(case: Case, part: str) -> None:
    """All at once, as when something else on the machine fills it."""
    with case.flowing():
        for disk in _disks(case, part):
            disk.leave(0)
        try:
            case.says(*CAPABILITIES)
        finally:
            _make_room(case, part)
        case.more(_EVENTS)


@pytest.mark.long
def test_the_disk_fills_up(case: Case) -> None:
    """First a quarter of the reserve is left, then nothing."""
    with case.flowing():
        for disk in _disks(case, "all"):
            disk.leave(RESERVE_MB * 1_000_000 // 4)
        try:
            case.says(*CAPABILITIES)
            for disk in _disks(case, "all"):
                disk.leave(0)
            case.post_in_vain()
        finally:
            _make_room(case, "all")
        case.more(_EVENTS)


def _disks(case: Case, part: str) -> list[Disk]:
    disks = case.installation.disks
    if part not in disks:
        pytest.skip("no file system could be mounted here")
    return list(disks.values()) if part == "all" else [disks[part]]


def _make_room(case: Case, part: str) -> None:
    for disk in _disks(case, part):
        disk.make_room()
