"""A fake Google for the tests of sheets."""

from collections.abc import Iterator

import pytest

from tests.servers.sheets import Google, fake_google


@pytest.fixture
def google() -> Iterator[Google]:
    with fake_google() as server:
        yield server
