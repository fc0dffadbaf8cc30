"""The zone that a value says of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.toolkit.zone_names import iana_name, zone_said


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("+2", 2),
        ("-03:30", -3.5),
        ("GMT+5:45", 5.75),
        ("(CET)", 1),
        ("EST", -5),
        ("+23:59", 23 + 59 / 60),
        ("MESZ", 2),
        ("MEZ", 1),
        ("GMT+0100 (Central European Standard Time)", 1),
        ("+02:00 (MESZ)", 2),
    ],
)
def test_an_offset_or_an_abbreviation_is_a_zone(text: str, hours: float) -> None:
    zone = zone_said(text)
    assert zone is not None
    assert zone.utcoffset(datetime.now(UTC)) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "+24:00", "-99", "+02:60", "IST", "Berlin", "Europe/Nowhere", "../etc/passwd"])
def test_what_means_none_or_several_is_no_zone(text: str) -> None:
    assert zone_said(text) is None


def test_where_somebody_is_follows_from_a_name_only() -> None:
    assert [iana_name(text) for text in ("Europe/Berlin", " UTC ", "CET", "GMT+2", "", "x/" * 40)] == [
        "Europe/Berlin", "UTC", None, None, None, None
    ]  # fmt: skip
