"""How the suite itself runs."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="the tests do not run in several processes")
def test_the_tests_of_a_module_share_a_process(request: pytest.FixtureRequest) -> None:
    """Else each process starts servers and databases of its own for it."""
    assert request.node.nodeid.endswith(f"@{__file__}")
