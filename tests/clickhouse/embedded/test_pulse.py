"""What /ping says of an engine that is silent or ill; of a healthy one see test_server.py."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from clickhouse.embedded.errors import EngineError
from clickhouse.embedded.pulse import Pulse


class Engine:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.error = ""
        self.asked = 0

    def connect(self) -> "Engine":
        return self

    def run(self, *_: Any) -> None:
        self.asked += 1
        self.answers.wait(60)
        if self.error:
            raise EngineError(self.error)

    def close(self) -> None:
        """Nothing to give back."""


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.answers.set()


async def test_an_engine_that_hangs_is_told_and_not_asked_twice_at_once(engine: Engine) -> None:
    pulse = Pulse(engine, answer_seconds=0.05)  # type: ignore[arg-type]
    for _ in range(3):
        status, said = await pulse.feel()
        assert status == 504
        assert said.startswith("the engine has not answered SELECT 1 for ")
    assert engine.asked == 1
    engine.answers.set()
    while (await pulse.feel())[0] != 200:
        pass
    assert await pulse.feel() == (200, "Ok.")


async def test_an_engine_that_says_only_an_error_is_told_with_it(engine: Engine) -> None:
    engine.error = "Code: 241. DB::Exception: Memory limit exceeded.\n(MEMORY)"
    engine.answers.set()
    pulse = Pulse(engine)  # type: ignore[arg-type]
    assert await pulse.feel() == (
        503,
        "the engine answers SELECT 1 with an error: Code: 241. DB::Exception: Memory limit exceeded. (MEMORY)",
    )
