"""No connector's log says anything personal, whatever a test does with it: not even at debug."""

import logging
from collections.abc import Iterator

import pytest

from process.logs import OURS, JsonLines
from tests.personal import personal


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines("test"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="session")
def logged() -> Iterator[list[str]]:
    """What has been logged since the last test."""
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield kept.lines
    logging.getLogger().removeHandler(kept)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def _nothing_personal_is_logged(logged: list[str]) -> Iterator[None]:
    logged.clear()
    yield
    assert [line for line in logged if personal(line)] == []
