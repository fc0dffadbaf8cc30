"""Settings under which a worker gives up soon enough for a test."""

from collections.abc import Iterator

import pytest

from tests.e2e.stack import Stack, running_stack

PATIENCE_SECONDS = 5.0


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose workers try an insert for five seconds only; the tests that use it verify all of it."""
    folder = tmp_path_factory.mktemp("faults")
    with running_stack(folder, insert_retry_seconds=PATIENCE_SECONDS) as stack:
        yield stack
