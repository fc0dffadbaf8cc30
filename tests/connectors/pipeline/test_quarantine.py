"""What is rejected is kept in one place, for its owner's eyes only."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from connectors.pipeline.quarantine import HeldRows, payload_of, quarantined, quarantined_by_reason
from connectors.pipeline.state import State, state_path
from connectors.toolkit.rows import RowRejection

AT = 1_790_000_000_000


@pytest.fixture(autouse=True)
def permissive_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def rejected(line: int) -> RowRejection:
    return RowRejection(line, "Email", "missing", ["", "ann@example.com"])


def test_rejected_rows_are_listed_by_line_without_their_content(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        rows = HeldRows(state, "zoom-report")
        rows.keep("report.csv", rejected(3), AT)
        rows.flush()
        (one,) = quarantined(state, 10)
        assert (one.connector, one.detail) == ("zoom-report", "report.csv: line 3: Email: missing")
        assert quarantined_by_reason(state) == [("zoom-report", "wrong_form", "", 1)]
        assert orjson.loads(payload_of(state, one.id) or b"")["cells"] == ["", "ann@example.com"]
    assert stat.S_IMODE(state_path(tmp_path).stat().st_mode) == 0o600


def test_a_file_that_is_imported_again_holds_each_row_once(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        for _ in range(2):
            rows = HeldRows(state, "zoom-report")
            # More than are written at once.
            for line in range(1200):
                rows.keep("report.csv", rejected(line), AT)
            rows.flush()
        assert quarantined_by_reason(state) == [("zoom-report", "wrong_form", "", 1200)]
