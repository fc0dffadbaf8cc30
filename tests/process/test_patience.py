import pytest

from process.patience import waiting_for
from tests.funnel.stack.waiting import eventually


def test_what_takes_long_is_told_once_and_what_does_not_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("ClickHouse", seconds=60):
        pass
    assert capsys.readouterr().err == ""
    said = ""

    def has_said() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return bool(said)

    with waiting_for("ClickHouse", seconds=0.01):
        eventually(has_said)
    assert said + capsys.readouterr().err == "funnel: still waiting for ClickHouse; funnel status says how it does\n"
