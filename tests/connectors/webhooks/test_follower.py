"""What keeps a server from following the others is said; with doubles, the rest stands in test_several.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError, KafkaError, TopicAuthorizationFailedError

from connectors.webhooks import follower as followers
from connectors.webhooks.follower import Follower
from process.kafka import KafkaSettings
from tests.waiting import until


@contextmanager
def running(folder: Path) -> Iterator[Follower]:
    one = Follower(KafkaSettings(kafka_username="connector"), folder)
    one.start()
    try:
        yield one
    finally:
        one.stop()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (TopicAuthorizationFailedError(), "gives connector no right to use the topics"),
        # That Kafka is away is the spool's to say.
        (KafkaConnectionError(), ""),
    ],
)
def test_a_right_that_is_missing_is_said(
    error: KafkaError, trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    @contextmanager
    def following(*_: Any) -> Iterator[Any]:
        tried.append(error)
        raise error
        yield

    monkeypatch.setattr(followers, "following", following)
    monkeypatch.setattr(followers, "_AGAIN_SECONDS", 0.01)
    with running(tmp_path) as one:
        until(lambda: len(tried) >= 3, "it tries again", 10)
        assert trouble in one.trouble
        assert bool(one.trouble) is bool(trouble)


def test_partitions_that_kafka_gets_later_are_followed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    @contextmanager
    def following(*_: Any) -> Iterator[Any]:
        one = SimpleNamespace(has_topics=True, is_current=True, turn=lambda _: 0, is_at_end=lambda: False)
        opened.append(one)
        yield one

    monkeypatch.setattr(followers, "following", following)
    monkeypatch.setattr(followers, "_AGAIN_SECONDS", 0.01)
    with running(tmp_path):
        until(lambda: opened, "it follows", 10)
        opened[0].is_current = False
        until(lambda: len(opened) == 2, "it begins anew", 10)
