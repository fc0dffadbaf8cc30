"""A difference as people read it."""

import re
from fractions import Fraction
from pathlib import Path

from contract.signed import signed


def test_a_difference_has_a_sign_that_is_no_hyphen() -> None:
    assert [signed(number) for number in (1.25, -7.5, Fraction(-1, 3), 1234.5, -1234.5)] == [
        "+1.2",
        "\N{MINUS SIGN}7.5",
        "\N{MINUS SIGN}0.3",
        "+1,234.5",
        "\N{MINUS SIGN}1,234.5",
    ]
    assert [signed(-3, 0), signed(3, 0), signed(-0.125, 2)] == ["\N{MINUS SIGN}3", "+3", "\N{MINUS SIGN}0.12"]


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert [signed(number) for number in (0, 0.04, -0.04)] == ["0.0", "0.0", "0.0"]
    assert [signed(0, 0), signed(-0.4, 0), signed(-0.001, 2)] == ["0", "0", "0.00"]


def test_nothing_writes_a_sign_in_another_way() -> None:
    root = Path(__file__).parents[2]
    code = [root / name for name in ("alerts", "clickhouse", "connectors", "funnel", "grafana", "process", "streams")]
    files = [path for folder in code for kind in ("*.py", "*.sql") for path in folder.rglob(kind)]
    own = re.compile(r"(?:\{[^{}]*:[<>^]?|%)\+[\d,.]*[dfe{}]")
    assert len(files) > 300
    assert [path.name for path in files if path.name != "signed.sql" and own.search(path.read_text())] == []
