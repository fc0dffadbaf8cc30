"""docs/decisions/0013: viewers who ask the same within seconds share an answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from grafana.preview.shared import SECONDS, Shared


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def counting(asked: list[str]) -> Callable[[str], int]:
    def ask(statement: str) -> int:
        asked.append(statement)
        return len(asked)

    return ask


def test_the_same_statement_is_asked_once_until_the_answer_is_old() -> None:
    asked: list[str] = []
    clock = Clock()
    shared = Shared(counting(asked), clock)
    assert [shared.ask("SELECT 1"), shared.ask("SELECT 1"), shared.ask("SELECT 2")] == [1, 1, 2]
    clock.now = SECONDS
    assert shared.ask("SELECT 1") == 3


def test_those_who_ask_at_once_wait_for_the_same_answer() -> None:
    asked: list[str] = []
    shared = Shared(counting(asked))
    together = Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return shared.ask("SELECT 1")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [1] * 8
    assert asked == ["SELECT 1"]


@pytest.mark.parametrize("statement", ["SELECT now64(3)", "SELECT NOW ()", "SELECT today()", "SELECT rand64()"])
def test_what_reads_the_clock_is_asked_each_time(statement: str) -> None:
    asked: list[str] = []
    shared = Shared(counting(asked))
    assert [shared.ask(statement), shared.ask(statement)] == [1, 2]


def test_an_error_reaches_the_one_who_asked_and_is_not_kept() -> None:
    tries: list[str] = []

    def ask(statement: str) -> str:
        tries.append(statement)
        if len(tries) == 1:
            raise ValueError("away")
        return "back"

    shared = Shared(ask)
    with pytest.raises(ValueError, match="away"):
        shared.ask("SELECT 1")
    assert shared.ask("SELECT 1") == "back"
