"""What stands where in the arrays and tuples of our SQL: {n.registered_visits} is the 11 of numbers[11]. Pure.

An array costs planning time once where columns cost it each (docs/decisions/0007-views-in-steps.md), so numbers go
through views as arrays. Where their elements stand is said here and nowhere else: docs/sql.md.
"""

_BUCKETS = ("", "_5m", "_30m", "_full")
_COUNTED = (
    "registrations",
    "registered_later",
    "visits_all",
    *(f"visits{bucket}" for bucket in _BUCKETS),
    "walk_ins",
    "recording_viewers",
    "recording_views",
    *(f"registered_visits{bucket}" for bucket in _BUCKETS),
)
_SOURCE = ("source_group", "new", "of", "before_of", "part", "before_part")

POSITIONS: dict[str, tuple[str, ...]] = {
    # Counts of computed_counts_at; those of numbers_at go on with the registrations that each conversion is a share of.
    "n": (*_COUNTED, "registrations_begun", *(f"registrations{bucket}" for bucket in _BUCKETS[1:])),
    "share": tuple(f"conversion{bucket}" for bucket in _BUCKETS),
    "stayed": ("came", "stayed_5m", "stayed_30m"),
    "said": ("registrations", "visits_all", *(f"visits{bucket}" for bucket in _BUCKETS), "recording_views"),
    # The page views of one source, as a service tells them.
    "told": ("source", "views"),
    # A range of what is usual, and the ranges of a minute.
    "band": ("low", "middle", "high"),
    "bands": ("in_room", "retention", "came", "stayed_5m", "stayed_30m"),
    # Curves: a minute of a webinar, what changes in it, and the same for alerts.
    "row": ("minute", "in_room", "joins", "leaves", "registered", "came", "stayed_5m", "stayed_30m", "entered"),
    "changed": ("in_room", "joins", "leaves", "registered", "came", "stayed_5m", "stayed_30m", "entered"),
    "change": (
        "minute",
        "registrations",
        *(f"registered_visits{bucket}" for bucket in _BUCKETS[:3]),
        "visits_all",
        "walk_ins",
    ),
    "state": ("registrations", *(f"registered_visits{bucket}" for bucket in _BUCKETS[:3]), "visits_all", "walk_ins"),
    "stay": ("start", "end"),
    "sum": ("key", "by"),
    "member": ("webinar_id", "weight"),
    # Rows of panels.
    "room": ("registered", "came", "stayed_5m", "stayed_30m", "visits_all", "walk_ins"),
    "week": ("webinars", "registrations", "registered_visits", "conversion", "conversion_30m", "conversion_full"),
    "total": ("what", "webinars", "numbers", "shares"),
    "step": ("label", "people", "kind", "usual", "low", "high"),
    "source": (*_SOURCE, "median"),
    "source_row": (*_SOURCE, "mix", "rate", "median"),
    "of_webinar": ("webinar_id", "of", "part"),
    "of_part": ("of", "part"),
    "waited": ("median", "p95", "p99"),
    # The parts of a webinar_id, the two wall clocks of a webinar, what a job writes about, and a list's beginning.
    "id": ("platform", "own"),
    "local": ("planned", "begun"),
    "chosen": ("webinar_id", "webinar_version", "rules_changed_at", "valid_from"),
    "element": ("first",),
}
"""List -> the names of its elements, the first of which stands at 1."""
