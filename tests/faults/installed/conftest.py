"""The installation that the cases share, and the table at the end."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.installed.case import Case, Row
from tests.faults.installed.disk import RESERVE_MB
from tests.faults.installed.installation import Installation, installed
from tests.faults.installed.sending import Ledger
from tests.faults.installed.table import table

_ENVIRONMENT = {"FUNNEL_DISK_RESERVE_MB": str(RESERVE_MB)}
"""What is set other than people have it, so that a case fits into a minute."""

# Its client tells every refused connection, of which there are many here.
logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


class Shared:
    """One installation for case after case. One that failed leaves it in doubt: the next case gets a new one."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.ledger = Ledger()
        self.in_doubt = False
        self.rows: list[Row] = []

    @contextmanager
    def case(self, row: Row) -> Iterator[Case]:
        if self.in_doubt:
            self.installation.renew()
            self.ledger = Ledger()
        self.in_doubt = True
        self.rows.append(row)
        yield Case(self.installation, self.ledger, row)


_all_rows: list[Row] = []


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    # Whoever ends the tests early is not to find an installation that goes on, and mounted folders.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder: Path = tmp_path_factory.mktemp("installed")
    with installed(folder, _ENVIRONMENT) as installation:
        shared = Shared(installation)
        shared.rows = _all_rows
        yield shared


@pytest.fixture
def case(shared: Shared, request: pytest.FixtureRequest) -> Iterator[Case]:
    """The case is named by the test, and its parameter."""
    name = request.node.name.removeprefix("test_").replace("_", " ").replace("[", ": ").removesuffix("]")
    row = Row(name)
    with shared.case(row) as case:
        yield case
    # Whoever is here without an objection has been judged.
    shared.in_doubt = row.recovered is None or bool(row.objections)
    (shared.installation.folder / "table.md").write_text("\n".join(table(_all_rows)) + "\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, before pytest's own last lines."""
    if _all_rows:
        terminalreporter.section("what was lost, doubled and said")
        for line in table(_all_rows):
            terminalreporter.write_line(line)
