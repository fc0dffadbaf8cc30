"""How the suite itself runs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import LONGEST, TOGETHER
from tests.quick import Guard, is_quick, may_start

TESTS = Path(__file__).parents[1]


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="the tests do not run in several processes")
def test_the_tests_of_a_module_share_a_process(request: pytest.FixtureRequest) -> None:
    """Else each process starts servers and databases of its own for it."""
    assert request.node.nodeid.endswith(f"@{__file__}")


def test_what_runs_together_is_there() -> None:
    """Else each process would start a server of its own for it."""
    together = [path for paths in TOGETHER.values() for path in paths]
    assert [path for path in together if not (TESTS / path).exists()] == []
    paths = list(TESTS.rglob("test_*.py"))
    marked = {name for path in paths for name in re.findall(r'xdist_group\("([\w-]+)"\)', path.read_text())}
    names = {path.name for path in paths} | marked
    assert [name for name in LONGEST if name not in TOGETHER and name not in names] == []


def test_quick_knows_what_may_start_a_server() -> None:
    served = (
        "servers/kafka",
        "e2e/test_forms",
        "connectors/zoom/test_client",
        "streams/test_lag",
        "funnel/demo/test_demo",
    )
    assert [name for name in served if not may_start(TESTS / f"{name}.py")] == []
    pure = (
        "streams/fold/test_person",
        "connectors/zoom/test_mapping",
        "layers/test_purity",
        "funnel/report/test_compare",
    )
    assert [name for name in pure if may_start(TESTS / f"{name}.py")] == []


def test_no_test_is_quick_that_has_a_server_from_a_fixture(request: pytest.FixtureRequest) -> None:
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    assert not [item for item in items if {"clickhouse_server", "kafka"} & set(item.fixturenames) and is_quick(item)]


def test_what_passes_for_quick_cannot_start_a_process_or_a_server() -> None:
    guard = Guard()
    guard.on = True
    with pytest.raises(
        pytest.fail.Exception, match=r"subprocess.Popen: this test passes for one that starts no server"
    ):
        subprocess.run(["true"], check=True)
    assert not guard.on
    subprocess.run(["true"], check=True)
