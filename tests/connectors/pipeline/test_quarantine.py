"""Rejected input is kept, for its owner's eyes only."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from connectors.pipeline.quarantine import Quarantine


@pytest.fixture(autouse=True)
def permissive_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_file_is_owner_only_and_appended_to(tmp_path: Path) -> None:
    for line in (1, 2):
        with Quarantine(tmp_path / "data", "zoom-report") as quarantine:
            quarantine.keep({"line": line, "cells": ["ann@example.com"]})
    assert stat.S_IMODE(quarantine.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(quarantine.path.parent.stat().st_mode) == 0o700
    assert [orjson.loads(kept)["line"] for kept in quarantine.path.read_bytes().splitlines()] == [1, 2]


def test_file_that_was_open_to_all_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "quarantine" / "zoom-report.jsonl"
    path.parent.mkdir()
    path.touch(mode=0o644)
    with Quarantine(tmp_path, "zoom-report") as quarantine:
        quarantine.keep({"line": 1})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_rejected_leaves_no_file(tmp_path: Path) -> None:
    with Quarantine(tmp_path, "zoom-report"):
        pass
    assert list(tmp_path.iterdir()) == []
