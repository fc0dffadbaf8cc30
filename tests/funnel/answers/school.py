"""A school whose numbers leave it: webinars with enough people, one with too few, one to come."""

from collections.abc import Iterator

from tests.contract_events import Event, at, hour_long, moment, registration, stay, webinar

DAY = 24 * 60.0
AT = at(2 * DAY)
SMALL = "zoom:3"
"""Three registrants."""
SOURCES = {"vk": 14, "mail": 12, "ads": 4}


def events() -> Iterator[Event]:
    """zoom:1 and zoom:2 have 30 registrants each, 20 and 10 of whom came; a fourth one, gc:4, is a week away."""
    for name, came in (("zoom:1", 20), ("zoom:2", 10)):
        yield from hour_long(
            name, title=f"SQL, part {name[-1]}", course="SQL", region="EU", language="en", format="live"
        )
        sources = [source for source, count in SOURCES.items() for _ in range(count)]
        for person, source in enumerate(sources, 1):
            yield registration(person, webinar_id=name, source={"utm_source": source})
            if person <= came:
                yield from stay(person, 0, 60 if person % 2 else 10, name)
        for person in range(101, 108):
            yield from stay(person, 5, 20, name)
    yield from hour_long(SMALL, title="=cmd|' /C calc'!A0", course="SQL", region="EU", language="en", format="live")
    for person in (1, 2, 3):
        yield registration(person, webinar_id=SMALL, source={"utm_source": "vk"})
        yield from stay(person, 0, 60, SMALL)
    yield webinar(
        0, "gc:4", title="To come", course="Excel", region="US", starts_at=moment(7 * DAY), duration_seconds=3600
    )
    for person in range(1, 11):
        yield registration(person, webinar_id="gc:4", source={"utm_source": "mail"})
