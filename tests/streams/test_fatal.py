import subprocess
import sys

import pytest

from streams.behind import Outdated
from streams.fatal import root_cause
from streams.store import StoreGone


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (StoreGone("ClickHouse did not answer\nwell"), "ClickHouse did not answer well"),
        (ExceptionGroup("unhandled errors", [ExceptionGroup("more", [Outdated("a later worker")])]), "a later worker"),
        (ValueError("a bad thing"), "ValueError: a bad thing"),
        (KeyError(), "KeyError"),
    ],
)
def test_the_root_cause_is_one_line(error: Exception, cause: str) -> None:
    assert root_cause(error) == cause


def test_only_the_first_reason_is_said() -> None:
    code = "from streams.fatal import say_fatal; say_fatal('the reason'); say_fatal(ValueError('what follows'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stderr == "\nfatal: the reason\n"
