"""The words that people see, by docs/design.md 2. Pure."""

COMPLETENESS = {
    "upcoming": "Upcoming",
    "on_now": "On now",
    "being_completed": "Being completed",
    "final": "Final",
    "cancelled": "Cancelled",
}
STATES = {**COMPLETENESS, "no_time": "No time"}
"""The same of a page where people attended a webinar of which nobody said when it was."""
WEEKDAYS = {str(day): name for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), start=1)}
PEOPLE = {"new": "New", "returning": "Returning"}
"""Returning: registered for a webinar with an earlier begin too (clickhouse/views/person/first_begins_at.sql)."""

INVITED = "As told by the service or a table; n/a where nobody tells."
PAGE_VIEWS = (
    "Views of the page for registering, as told by the service (Zoom: by its tracked links) or a table; n/a where "
    "nobody tells."
)
REGISTERED = "Registration good at the end of the webinar; before the end: now."
CAME = "Registered people with any watch time."
STAYED_5M = "Registered people who watched 5 minutes or more."
STAYED_30M = "Registered people who watched 30 minutes or more."
WATCHED_FULL = "Registered people who watched that share of it; 90 is the setting FUNNEL_FULL_PERCENT."
WALK_INS = "Opened the room and were not registered. In no percentage."
AT = "As it stood at the end of the chosen time range, or now if that lies ahead."

BUCKETS = {"": "Came", "_5m": "Stayed 5 min", "_30m": "Stayed 30 min", "_full": "Watched 90 %"}
"""Ending of visits…, registered_visits… and conversion… -> label."""
PERCENTS = {"": "Came %", "_5m": "Stayed 5 min %", "_30m": "Stayed 30 min %", "_full": "Watched 90 %"}
"""The same of the share of the registered, where no count stands beside it."""

SMALL_N = 30
"""A share of fewer people than this says little: it is greyed and shows its n (funnel/report_table.py)."""
