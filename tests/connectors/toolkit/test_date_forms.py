"""Forms of dates: what they read, and what they refuse rather than lose."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toolkit.date_forms import PLAIN_FORMS, date_form

READ = [
    ("%d.%m.%Y %H:%M", "9.11.2026 8:05", "2026-11-09 08:05:00"),
    ("%d/%m/%y, %H:%M:%S", "15/11/22, 09:31:07", "2022-11-15 09:31:07"),
    ("%m/%d/%Y %I:%M:%S %p", "11/10/2026 12:58:00 am", "2026-11-10 00:58:00"),
    ("%b %d, %Y %I:%M %p", "Mar 22, 2025 7:13\u202fPM", "2025-03-22 19:13:00"),
    ("%d. %b. %Y %H:%M", "10. Nov. 2026 18:00", "2026-11-10 18:00:00"),
    ("%d. %B %Y %H:%M", "10. März 2026 18:00", "2026-03-10 18:00:00"),
    ("%d. %b %Y %H:%M", "10. Mrz. 2026 18:00", "2026-03-10 18:00:00"),
    ("%d %B %Y", "10 ноября 2026", "2026-11-10 00:00:00"),
    ("%d de %B de %Y", "10 de março de 2026", "2026-03-10 00:00:00"),
    ("%d %b %Y", "10 févr. 2026", "2026-02-10 00:00:00"),
    ("%A, %d. %B %Y", "Dienstag, 10. November 2026", "2026-11-10 00:00:00"),
    ("%d.%m.%Y %H:%M Uhr", "10.11.2026 18:00 uhr", "2026-11-10 18:00:00"),
    ("%Y-%m-%dT%H:%M:%S.%f", "2026-11-10T18:00:01.123", "2026-11-10 18:00:01"),
]  # fmt: skip
ZONES = [
    ("UTC", 0), ("Z", 0), ("GMT", 0), ("CET", 60), ("CEST", 120), ("EST", -300), ("PDT", -420), ("MSK", 180),
    ("+0530", 330), ("+05:30", 330), ("-03", -180), ("GMT+2", 120), ("UTC +2", 120), ("Europe/Berlin", 60),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "wall"), READ)
def test_a_text_of_the_form_is_read(pattern: str, text: str, wall: str) -> None:
    moment = date_form(pattern).read(text)
    assert moment is not None
    assert (str(moment.wall), moment.zone) == (wall, None)


@pytest.mark.parametrize("directive", ["%Z", "%z"])
@pytest.mark.parametrize(("zone", "minutes"), ZONES)
def test_the_zone_of_the_value_holds(directive: str, zone: str, minutes: int) -> None:
    moment = date_form(f"%Y-%m-%d %H:%M:%S {directive}").read(f"2026-11-10 17:05:00 {zone}")
    assert moment is not None
    assert moment.zone is not None
    assert moment.wall.replace(tzinfo=moment.zone).utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize("zone", ["IST", "BST", "XYZ", "Europe/Nowhere"])
def test_a_zone_that_means_several_or_none_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="zone is unknown or means several"):
        date_form("%Y-%m-%d %H:%M %Z").read(f"2026-11-10 17:05 {zone}")


@pytest.mark.parametrize(
    "pattern", ["%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M (GMT)", "%Y-%m-%d %H:%M+02:00"]
)
def test_a_form_that_would_lose_a_zone_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="would lose the zone"):
        date_form(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "x", "%d.%m", "%Y-%m-%d %Q", "%d.%m.%Y %", "%m/%Y", "%d %d %m %Y", "%M:%S"),
        *("%d %m %B %Y", "%d %b %B %Y", "%d.%m.%y %Y", "%d.%m.%Y %H %I", "%d.%m.%Y %H:%M %z %Z"),
    ],
)
def test_what_is_no_date_format_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="date format"):
        date_form(pattern)


def test_another_form_is_none_and_an_impossible_date_is_an_error() -> None:
    form = date_form("%d.%m.%Y %H:%M")
    assert form.read("10/11/2026 18:00") is None
    assert form.read("10.11.2026 18:00 UTC") is None
    with pytest.raises(ValueError, match="no such date"):
        form.read("31.11.2026 18:00")
    with pytest.raises(ValueError, match="month's name"):
        date_form("%d %b %Y").read("10 Foo 2026")


def test_iso_without_a_zone_is_read_in_every_precision_without_being_told() -> None:
    for between in (" ", "T"):
        for rest in ("", ":07", ":07.1", ":07.123456"):
            for zone in ("", "+02:00", " CET"):
                text = f"2026-11-10{between}18:00{rest}{zone}"
                (moment,) = [one for form in PLAIN_FORMS if (one := form.read(text)) is not None]
                assert (moment.wall.hour, moment.zone is None) == (18, not zone), text


@pytest.mark.parametrize(
    ("text", "hour", "zone"),
    [
        ("2026-11-10 6:05 PM", 18, None),
        ("2026-11-10 06:05:00 p.m. UTC", 18, 0),
        ("2026/11/10 18:05", 18, None),
        ("2026.11.10, 18:05:07", 18, None),
        ("2026-11-10 18:05 (CET)", 18, 60),
        ("10 Nov 2026 18:05", 18, None),
        ("Nov 10, 2026 6:05 PM", 18, None),
        ("Nov 10, 2026, 6:05:00 PM EST", 18, -300),
        ("10. November 2026, 18:05", 18, None),
        ("Tue, 10 Nov 2026 18:05:00 GMT", 18, 0),
        ("Tue, 10 Nov 2026 18:05:00 +0100", 18, 60),
        ("Tue Nov 10 2026 18:05:00 GMT+0100 (Central European Standard Time)", 18, 60),
    ],
)
def test_what_means_one_thing_only_is_read_without_being_told(text: str, hour: int, zone: int | None) -> None:
    moment = next(one for form in PLAIN_FORMS if (one := form.read(text)) is not None)
    assert moment.wall.replace(second=0) == datetime(2026, 11, 10, hour, 5)  # noqa: DTZ001
    offset = None if moment.zone is None else moment.zone.utcoffset(moment.wall)
    assert offset == (None if zone is None else timedelta(minutes=zone))


@pytest.mark.parametrize("text", ["10/11/2026 18:05", "10.11.2026 18:05", "10-11-26 18:05", "2026-11-10 18:05 x"])
def test_what_may_mean_two_things_has_to_be_told(text: str) -> None:
    assert [one for form in PLAIN_FORMS if (one := form.read(text)) is not None] == []


def test_a_form_without_a_date_says_so() -> None:
    form = date_form("%I:%M %p")
    moment = form.read("10:02 AM")
    assert moment is not None
    assert not form.has_date
    assert (moment.wall.hour, moment.wall.minute, moment.is_date_said) == (10, 2, False)


@given(
    st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2068-01-01")),
    st.sampled_from(["%d.%m.%Y %H:%M:%S", "%m/%d/%y %I:%M:%S %p", "%b %d, %Y %H:%M:%S", "%d %B %Y, %H:%M:%S"]),
)
def test_what_strftime_writes_is_read_back(moment: datetime, pattern: str) -> None:
    read = date_form(pattern).read(moment.strftime(pattern))
    assert read is not None
    assert read.wall == moment.replace(microsecond=0)
