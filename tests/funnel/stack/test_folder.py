"""Who supervises a data folder: one process, and nobody behind its back."""

import os
import time
from pathlib import Path

import pytest

from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from tests.servers.small_disk import fill, small_disk


def test_a_second_supervisor_gives_up_at_once_and_does_not_wait_for_its_turn(tmp_path: Path) -> None:
    """Else it would take over when `funnel down` ends the first, and start everything anew."""
    with StackFolder(tmp_path).supervised(os.getpid()) as first:
        began = time.monotonic()
        with StackFolder(tmp_path).supervised(os.getpid()) as second:
            assert (first, second) == (True, False)
        assert time.monotonic() - began < 1
        assert StackFolder(tmp_path).supervisor_pid() == os.getpid()


def test_the_next_one_may_follow_when_it_has_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with StackFolder(tmp_path).supervised(os.getpid()) as mine:
            assert mine
        assert StackFolder(tmp_path).supervisor_pid() is None


def test_a_pid_that_a_killed_supervisor_left_is_no_hindrance(tmp_path: Path) -> None:
    folder = StackFolder(tmp_path)
    folder.pid.write_text(str(os.getpid()))
    with folder.supervised(os.getpid()) as mine:
        assert mine


def test_on_a_full_disk_nobody_becomes_the_supervisor_unseen(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        fill(disk / "ballast")
        supervised = StackFolder(disk).supervised(os.getpid())
        with pytest.raises(StackError, match=r"supervisor.pid cannot be written .*make room"), supervised:
            pass


def test_what_a_rebuild_leaves_is_its_owners_alone(tmp_path: Path) -> None:
    folder = StackFolder(tmp_path)
    with folder.paused():
        assert folder.is_paused()
    assert not folder.is_paused()
    assert folder.pause.stat().st_mode & 0o777 == 0o600
