"""Whatever is not as documented counts as not said."""

import pytest
from hypothesis import given

from connectors.toolkit import reading
from connectors.toolkit.body import query_fields, read_body, read_json
from contract.instants import format_instant, parse_instant
from tests.connectors.any_json import values


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("2026-11-22T18:00:00Z", "2026-11-22T18:00:00.000Z"),
        ("2026-11-22T20:00:00.5+02:00", "2026-11-22T18:00:00.500Z"),
        ("2026-11-22T20:00:00+0200", "2026-11-22T18:00:00.000Z"),
        (1_795_370_400, "2026-11-22T18:00:00.000Z"),
        (1_795_370_400_250, "2026-11-22T18:00:00.250Z"),
        ("1795370400", "2026-11-22T18:00:00.000Z"),
    ],
)
def test_times_are_read_as_services_write_them(said: object, text: str) -> None:
    assert reading.instant(said) == parse_instant(text)


@pytest.mark.parametrize("said", [0, None, "", True, -1, "2026-11-22T18:00:00", "soon", 1e300, [], "9" * 30])
def test_other_times_are_none(said: object) -> None:
    assert reading.instant(said) is None


@given(values)
def test_nothing_that_json_can_say_raises(said: object) -> None:
    assert len(reading.text(said)) <= reading.LONGEST_TEXT
    assert len(reading.identifier(said)) <= 128
    count = reading.whole_number(said)
    assert count is None or 0 <= count < 2**63
    moment = reading.instant(said)
    assert moment is None or format_instant(moment)


def test_half_a_character_is_replaced() -> None:
    assert reading.text("a\ud800b") == "a?b"


def test_bodies_are_told_apart_by_how_they_begin() -> None:
    assert read_body(b' {"a": 1}').fields == {"a": 1}
    assert read_body(b"a=1&a=2&b=%FF").fields == {"a": "2", "b": "\udcff"}
    assert read_json(b"1") is None
    assert query_fields("&".join(f"a{n}=1" for n in range(2000))) is None
