"""Durations in words."""

import pytest

from connectors.toolkit.spans import clock_seconds, spelled_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4m", 240), ("10m 59s", 659), ("38m 20s", 2300), ("1h", 3600), ("45 mins", 2700), ("1h 23m", 4980),
        ("1 hr 3 min", 3780), ("1 hour and 5 minutes", 3900), ("2 hours, 1 minute, 3 seconds", 7263), ("50 sec", 50),
        ("1 Std. 3 Min.", 3780), ("1 ч 3 мин", 3780), ("45 минут", 2700), ("1,5 h", 5400), ("0.5 min", 30),
        ("PT1H5M10S", 3910), ("1 h 5 min", 3900), ("59.9 sec", 60), ("3 Stunden 2 Minuten", 10_920),
        ("1 heure 5 minutes", 3900), ("P0DT1H3M5S", 3785), ("P1DT2H", 93_600), ("1d 2h", 93_600), ("90'", 5400),
        ("1h 05'", 3900), ("1h 5′ 3″", 3903), ('90"', 90), ("5' 3''", 303), ("1 timme", 3600), ("1 time 5 min", 3900),
        ("2 timer", 7200), ("1 saat 5 dk", 3900), ("1 godzina 5 minut", 3900), ("2 uren", 7200), ("1時間5分", 3900),
        ("1 小时 5 分钟 3 秒", 3903), ("1시간 5분", 3900), ("1 год 5 хв", 3900), ("４５ min", 2700),
    ],
)  # fmt: skip
def test_units_in_words(text: str, seconds: int) -> None:
    assert spelled_seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "45", "1:05:00", "5 apples", "m", "PT", "1m 2h", "1'024", "P", "P1D2", "P5M", "P1M", "P1D5M"]
)
def test_what_is_no_duration_in_words(text: str) -> None:
    assert spelled_seconds(text) is None


def test_a_clock_has_two_colons() -> None:
    assert clock_seconds("1:05:10") == 3910
    assert clock_seconds("00:00:59.900") == 59
    assert clock_seconds("65:10") is clock_seconds("1:65:10") is clock_seconds("1:05:60") is None
