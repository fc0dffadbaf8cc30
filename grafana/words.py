"""The labels that people see, by docs/design.md 2. Pure."""

from contract.measures import NAMED, STEPS, WATCHING

COMPLETENESS = {
    "upcoming": "Upcoming",
    "on_now": "Live",
    "being_completed": "Provisional",
    "final": "Final",
    "cancelled": "Cancelled",
}
STATES = {**COMPLETENESS, "no_time": "No time"}
"""The same for a page with people who attended a webinar without a known time."""
WEEKDAYS = {str(day): name for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), start=1)}
PEOPLE = {"new": "New", "returning": "Returning"}
"""Returning: also registered for a webinar that begins earlier (clickhouse/views/person/first_begins_at.sql)."""

INVITED = NAMED["invited"].description
PAGE_VIEWS = NAMED["page_views"].description
REGISTERED = NAMED["registrations"].description
CAME = NAMED["registered_visits"].description
WALK_INS = NAMED["walk_ins"].description
NO_SHOWS = NAMED["no_shows"]
AVERAGE, MEDIAN, PEAK, PEAK_AT = WATCHING
SHARE = "suffix:%"
"""Grafana's unit of percentages that reads 36.0 %, as our texts do; its own leave the space out."""
DURATION = "dthms"
"""Grafana's unit for seconds shown as 00:41:07."""
AT = "As it stood at the end of the chosen time range, or now if that lies ahead."

BUCKETS = {step.ending: step.label for step in STEPS}
"""Ending of visits…, registered_visits… and conversion… -> label."""
PERCENTS = {step.ending: step.rate for step in STEPS}
"""The same for the share of registrants, without a count beside it."""

SMALL_N = 30
"""A share of fewer people than this is unreliable: it is greyed and shows its n (funnel/report/table.py)."""
