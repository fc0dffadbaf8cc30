"""Webinars whose timeline minute by minute is known by hand, and what is to be found about them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.grafana.week import Event, minutes, registration, stay, view, webinar

BEGIN = datetime(2025, 11, 3, 16, tzinfo=UTC)
"""Of zoom:main."""
TO = BEGIN + minutes(75)
SAYS = ["live", "leaves", "seconds", "recording_views"]
PEERS = ("zoom:a", "zoom:b", "zoom:c")
WEIGHTS = (3, 2, 1)
UPCOMING = BEGIN + timedelta(days=3)


def events() -> list[Event]:
    """zoom:main with 8 people, three earlier ones like it, and one that many leave before its end."""
    said = [_over("zoom:main", BEGIN)]
    for person in range(8):
        # 4 on the evening before the clocks change in New York (2025-11-02), 4 on the evening of it.
        day = datetime(2025, 11, 1 if person < 4 else 2, 23, 30, tzinfo=UTC)
        said.append(registration("zoom:main", person, day))
    for person, (first, last) in enumerate([(-10, 60), (0, 60), (0.5, 10.5), (0.5, 10.5), (10.25, 10.75), (20, 61)]):
        said += stay("zoom:main", person, BEGIN, first, last)
    said += stay("zoom:main", 100, BEGIN, 5, 40)
    said += [view("zoom:main", person, BEGIN + timedelta(hours=14, minutes=person)) for person in (1, 1, 2)]
    for week, webinar_id in enumerate(PEERS, start=1):
        said += _peers(webinar_id, BEGIN - timedelta(days=7 * week), came=10 * week)
    said.append(_over("zoom:goodbye", BEGIN - timedelta(days=1)))
    for person in range(12):
        # Four leave in the middle, four three minutes before the end and four when it is about to be over.
        said += stay("zoom:goodbye", person, BEGIN - timedelta(days=1), 0, (20.5, 56.5, 57.5)[person % 3])
    return said


def _over(webinar_id: str, begin: datetime) -> Event:
    return webinar(
        webinar_id,
        begin,
        title="Known by hand",
        timezone="America/New_York",
        starts_at=begin,
        started_at=begin,
        ended_at=begin + minutes(60),
        tells=SAYS,
    )


def _peers(webinar_id: str, begin: datetime, came: int) -> list[Event]:
    said = [_over(webinar_id, begin)]
    for person in range(40):
        said.append(registration(webinar_id, person, begin - minutes(100)))
        if person < came:
            said += stay(webinar_id, person, begin, 2, 30)
    return said


def live(now: datetime) -> list[Event]:
    """zoom:live began 20 minutes before `now`, with 3 of 4 registered in the room; zoom:soon begins in 10."""
    begin = now - minutes(20)
    said = [
        webinar("zoom:live", begin, title="Live", starts_at=begin, started_at=begin, status="live", tells=SAYS),
        webinar("zoom:soon", begin, title="Soon", starts_at=now + minutes(10), tells=SAYS),
    ]
    said += [registration("zoom:live", person, now - minutes(100)) for person in range(3)]
    said.append(registration("zoom:live", 3, now - minutes(2.5)))
    said += _joined("zoom:live", begin, [0, 4, 8])
    said += stay("zoom:live", 200, begin, 1, 5)
    said += _joined("zoom:soon", begin, [15])
    return said


def _joined(webinar_id: str, begin: datetime, at: Sequence[float]) -> list[Event]:
    return [stay(webinar_id, person, begin, minute, 999)[0] for person, minute in enumerate(at)]
