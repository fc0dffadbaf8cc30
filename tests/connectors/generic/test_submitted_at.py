"""Times as form services write them."""

import pytest

from connectors.generic.submitted_at import submitted_at
from contract.instants import format_instant


@pytest.mark.parametrize(
    ("said", "dates", "timezone", "instant"),
    [
        ("2026-11-10T17:20:31Z", (), None, "2026-11-10T17:20:31Z"),
        ("2026-11-10T17:20:31+0000", (), "Europe/Berlin", "2026-11-10T17:20:31Z"),
        (1794331231000, (), None, "2026-11-10T17:20:31Z"),
        ("1794331231", (), None, "2026-11-10T17:20:31Z"),
        ("2026-11-10 17:20:31", (), "Europe/Berlin", "2026-11-10T16:20:31Z"),
        ("2026-11-10T17:20", (), "UTC", "2026-11-10T17:20:00Z"),
        ("2026-11-10 17:20:31 UTC", (), None, "2026-11-10T17:20:31Z"),
        ("2026-07-10 17:20:31", (), "Europe/Berlin", "2026-07-10T15:20:31Z"),
        ("11/10/2026 17:20:31", ("%m/%d/%Y %H:%M:%S",), "America/New_York", "2026-11-10T22:20:31Z"),
        ("November 10, 2026 5:20 pm", ("%B %d, %Y %I:%M %p",), "UTC", "2026-11-10T17:20:00Z"),
        ("10.11.2026 17:20 +0200", ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M %z"), None, "2026-11-10T15:20:00Z"),
        ("20261110", ("%Y%m%d",), "UTC", "2026-11-10T00:00:00Z"),
    ],
)
def test_a_time_is_read_by_its_offset_or_by_what_the_description_says(
    said: object, dates: tuple[str, ...], timezone: str | None, instant: str
) -> None:
    assert format_instant(submitted_at(said, dates, timezone)).replace(".000Z", "Z") == instant


@pytest.mark.parametrize(
    ("said", "dates", "reason"),
    [
        ("2026-11-10 17:20:31", (), "the time has no offset and the description says no timezone"),
        ("10.11.2026 17:20", ("%d.%m.%Y %H:%M",), "the time has no offset and the description says no timezone"),
        ("11/10/2026 17:20", (), "neither RFC 3339, nor a unix time, nor a form under dates; add its form"),
        ("31.02.2026 17:20", ("%d.%m.%Y %H:%M",), "no such date or time"),
        ("soon", (), "neither RFC 3339"),
        (True, (), "neither RFC 3339"),
        ({}, (), "neither RFC 3339"),
    ],
)
def test_any_other_time_is_refused_with_what_to_write(said: object, dates: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        submitted_at(said, dates, None)
