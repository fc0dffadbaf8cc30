"""Hypothesis strategies: events of one webinar, with few persons and close instants, so that ties and edges occur."""

import json
from typing import Any

from hypothesis import strategies as st

from contract.forgotten import forgotten_id
from contract.instants import DAY, HOUR, MINUTE, SECOND, format_instant

BEGIN = 1_795_370_400_000
"""2026-11-22T18:00:00Z: about when the webinars of these strategies begin."""

PERSONS = ["p_" + "a" * 32, "p_" + "b" * 32, "p_" + "c" * 32]
REGISTRANTS = ["r_" + "1" * 32, "r_" + "2" * 32]

_EDGES = [
    -2 * DAY,
    -HOUR,
    -1,
    0,
    1,
    999,
    SECOND,
    61 * SECOND,
    5 * MINUTE - 1,
    5 * MINUTE,
    30 * MINUTE - 1,
    30 * MINUTE,
    30 * MINUTE + 1,
    54 * MINUTE,
    HOUR - 1,
    HOUR,
    HOUR + 1,
    7 * HOUR,
    7 * HOUR + 1,
    25 * HOUR,
]

near = st.one_of(st.sampled_from(_EDGES), st.integers(-2 * HOUR, 3 * HOUR)).map(lambda offset: BEGIN + offset)
"""Instants around the start, on the edges of the rules more often than by chance."""

moments = st.one_of(near, st.integers(-3 * DAY, 3 * DAY).map(lambda offset: BEGIN + offset))
"""What `at` may be."""


def _said(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Any subset of the fields; now and then a null, which says nothing."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(values, st.none()) for name, values in fields.items()})


_times = near.map(format_instant)
_ids = st.sampled_from(["e1", "e2", "e3", "e4"])

_statements = _said(
    {
        "authority": st.integers(0, 2),
        "title": st.sampled_from(["One", "Two"]),
        "course": st.sampled_from(["python", "sql"]),
        "region": st.sampled_from(["eu", "asia"]),
        "language": st.just("en"),
        "format": st.sampled_from(["live", "recorded"]),
        "status": st.sampled_from(["scheduled", "live", "ended", "cancelled"]),
        "starts_at": _times,
        "duration_seconds": st.sampled_from([0, 1, 299, 300, 1800, 3600, 5400, 10**12]),
        "started_at": _times,
        "ended_at": _times,
        "completed_at": _times,
        "timezone": st.sampled_from(["UTC", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Chatham", "No/Where"]),
        "service": st.fixed_dictionaries({}, optional={"channel": st.just("c"), "tags": st.just(["t"])}),
        "tells": st.lists(st.sampled_from(["starts", "live", "leaves", "recording_views", "persons"]), max_size=4),
    }
).map(lambda said: {"type": "webinar"} | said)

_source_values = st.sampled_from(["", " ", "vk", "VK ", "partner-x", "added by Presenter", "https://a.example/p?q=1"])
_sources = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("utm_source", "utm_campaign", "tracking_code", "platform_source", "referrer", "unknown"), _source_values
    ),
)
_flags = st.one_of(
    st.just({}),
    st.just({}),
    st.just({}),
    _said({"role": st.sampled_from(["attendee", "host", "panelist"]), "is_test": st.booleans()}),
    _said({"domain_id": st.sampled_from(["d_" + "e" * 32, "d_" + "f" * 32])}),
)
_anybody = st.sampled_from(PERSONS + REGISTRANTS)


def _of_person(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(st.fixed_dictionaries({"person_id": _anybody, **fields}), _flags).map(
        lambda both: both[0] | both[1]
    )


_registrations = st.tuples(
    _of_person(
        {
            "type": st.just("registration"),
            "status": st.sampled_from(["registered", "registered", "approved", "cancelled", "denied", "withdrawn"]),
        }
    ),
    _said({"source": _sources, "country": st.sampled_from(["DE", "BR"])}),
).map(lambda both: both[0] | both[1])

_sessions = _of_person(
    {
        "type": st.just("attendance"),
        "kind": st.sampled_from(["joined", "joined", "left", "left", "seen"]),
        "session_id": st.sampled_from(["s1", "s2", "s3"]),
    }
)
_summaries = _of_person(
    {
        "type": st.just("attendance"),
        "kind": st.just("summary"),
        "total_seconds": st.sampled_from([0, 1, 299, 300, 1800, 3240, 3600, 10**11]),
        "reported_at": _times,
    }
)
_views = _of_person({"type": st.just("attendance"), "kind": st.just("recording_viewed")})
_identities = st.fixed_dictionaries(
    {
        "type": st.just("identity"),
        "person_id": st.sampled_from(REGISTRANTS),
        "same_as": st.sampled_from(PERSONS),
    }
)
_forgotten = st.fixed_dictionaries({"type": st.just("forgotten"), "forgotten_id": _anybody.map(forgotten_id)})
_STAYED = ("visits_5m", "visits_30m", "visits_90m")
"""The last is no bucket: what nobody counts may be told, too."""

_totals = st.tuples(
    st.fixed_dictionaries(
        {"type": st.just("totals"), "reported_by": st.sampled_from(["table", "zoom-report"]), "reported_at": _times}
    ),
    _said(
        dict.fromkeys(
            ("registrations", "visits_all", "visits", *_STAYED, "visits_full", "recording_views"),
            st.sampled_from([0, 1, 7, 400, 2**62]),
        )
        | dict.fromkeys(("page_views", "invited"), st.sampled_from([0, 7, 2**62]))
        | {
            "page_views_by_source": st.lists(
                st.fixed_dictionaries({"source": _sources, "page_views": st.sampled_from([0, 5, 2**40])}), max_size=3
            )
        }
    ),
).map(lambda both: both[0] | both[1])

_common = st.fixed_dictionaries(
    {
        "event_id": _ids,
        "occurred_at": _times,
        "received_at": st.sampled_from([5 * DAY, 6 * DAY]).map(lambda later: format_instant(BEGIN + later)),
    }
)


def _events_like(kinds: st.SearchStrategy[dict[str, Any]], most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    whole = st.tuples(_common, kinds).map(lambda both: both[0] | both[1])
    return st.lists(whole, max_size=most)


@st.composite
def webinars(draw: st.DrawFn, forgetting: bool = False) -> list[dict[str, Any]]:
    """The events of one webinar, without webinar_id and platform; some contradict each other. Of every fourth webinar
    there are no persons: its totals stand in for them. `forgetting`: some persons may be forgotten.
    """
    events = [
        *draw(_events_like(_statements, 3)),
        *draw(_events_like(_totals, 3)),
        *draw(_events_like(_identities, 2)),
    ]
    if draw(st.integers(0, 3)):
        events += draw(_events_like(_registrations, 4))
        events += draw(_events_like(_sessions, 7))
        events += draw(_events_like(st.one_of(_summaries, _views), 2))
    if forgetting:
        events += draw(_events_like(_forgotten, 2))
    return events or [draw(_common) | draw(_registrations)]


def record(event: dict[str, Any], webinar_id: str) -> bytes:
    """The event as a record of its topic."""
    common = {"webinar_id": webinar_id, "platform": "zoom", "schema_version": 1}
    return json.dumps(event | common).encode()
