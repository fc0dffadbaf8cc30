"""One stack and two workers for all tests of this folder; each test has webinars of its own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.e2e.stack import Stack, running_stack
from tests.servers.worker import workers


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("e2e")
    with (
        running_stack(folder, snapshot_seconds=5.0) as stack,
        workers(stack.config, folder, 2, seldom=True, observed=True),
    ):
        yield stack


@pytest.fixture
def webinar_id() -> str:
    """A webinar of this test alone."""
    return f"zoom:{uuid4().hex[:8]}"
