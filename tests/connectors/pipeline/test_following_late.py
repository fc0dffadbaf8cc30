"""connectors/pipeline/following.py, `catch_up`: a Kafka that keeps it waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors.pipeline import following
from connectors.pipeline.publish import PublishError
from connectors.pipeline.state import State
from process.kafka import KafkaSettings


class _Silent:
    """Kafka answers nothing, and says no error either."""

    def turn(self) -> int:
        return 0

    def is_at_end(self) -> bool:
        return False


def test_whoever_has_not_caught_up_in_time_does_not_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @contextmanager
    def opened(*_: object) -> Iterator[_Silent]:
        yield _Silent()

    monkeypatch.setattr(following, "following", opened)
    monkeypatch.setattr(following, "_PATIENCE_SECONDS", 0.0)
    with State(tmp_path) as state, pytest.raises(PublishError, match="not all read from Kafka"):
        following.catch_up(state, KafkaSettings(_env_file=None))
