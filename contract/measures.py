"""The only registry of what is counted (docs/measures.md). Pure.

Views, report, dashboards, alerts and the tables of the docs are generated from it. `funnel/report/oracle.py`, which
checks them, is not: it takes only the minutes and defines the rest itself.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

STAYED_MINUTES: tuple[int, ...] = (5, 30)
"""How long somebody has to stay to be counted: the buckets "Stayed 5+ min" and "Stayed 30+ min".

One to four whole minutes, ascending. After a change: `make measures`, then `funnel migrate`.
"""

Exists: TypeAlias = Literal["said", "always", "begun", "watched", "recorded", "window", "ended"]
"""When a number can exist: said, if a service or a table reports it; always, 0 before a webinar begins; begun, once it
has begun; watched, if somebody watched; recorded, if the service reports recording views; window, once the webinar
has lasted that long; ended, once it has ended."""

LIVE = frozenset({"persons", "live"})
STAYS = LIVE | {"leaves"}


_STAYED = re.compile(r"visits_([1-9][0-9]{0,3})m")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a webinar."""

    name: str
    label: str
    description: str
    exists: Exists = "always"
    counted: bool = True
    """A sum over persons. Otherwise a service reports it, or it follows from others."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel after the registration. Three measures have its ending: visits… (everybody),
    registered_visits… and conversion… (those registered, and their share of all registered).
    """

    ending: str
    label: str
    did: str
    """What the people did, for a sentence: stayed 5 minutes."""
    rate: str
    """The label of the share of the registrants."""
    conversion: str
    """The conversion to it, at the start of a sentence."""
    description: str
    exists: Exists
    seconds: int | None
    """The watch time it takes; None: it has its own rule."""
    needs: frozenset[str] = field(default=STAYS)
    """The capability a service needs for it to be known while the webinar runs."""

    @property
    def metric(self) -> str:
        return f"visits{self.ending}"

    @property
    def column(self) -> str:
        """Its name in curves."""
        return f"stayed{self.ending}" if self.ending else "came"

    @property
    def minutes(self) -> int:
        """The first minute in which it can exist."""
        return (self.seconds or 0) // 60


def stayed(minutes: int) -> Step:
    """The step of those who stayed that long."""
    long = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return Step(
        f"_{minutes}m",
        f"Stayed {minutes}+ min",
        f"stayed {long}",
        f"Stayed {minutes}+ min %",
        f"Conversion to {long}",
        f"Registered people who watched {long} or more.",
        "window",
        60 * minutes,
    )


def stayed_seconds(metric: str) -> int | None:
    """The watch time in the name of a count like visits_10m, whether it is a bucket or not; None: another count."""
    found = _STAYED.fullmatch(metric)
    return 60 * int(found[1]) if found else None


def checked(minutes: tuple[int, ...]) -> tuple[int, ...]:
    """The minutes, if they can be buckets. Raises ValueError."""
    if not 1 <= len(minutes) <= 4 or min(minutes) < 1 or list(minutes) != sorted(set(minutes)):
        raise ValueError(
            f"STAYED_MINUTES in contract/measures.py are one to four whole minutes, ascending; not {minutes}"
        )
    return minutes


CAME = Step(
    "",
    "Attendees",
    "came",
    "Attendance rate",
    "Conversion to a visit",
    "Registered people with any watch time.",
    "always",
    1,
    LIVE,
)
STAYED = tuple(map(stayed, checked(STAYED_MINUTES)))
FULL = Step(
    "_full",
    "Completed (90 %+)",
    "stayed to the end",
    "Completion rate",
    "Conversion to the whole webinar",
    "Registered people who watched that share of the webinar; 90 is the setting FUNNEL_FULL_PERCENT.",
    "ended",
    None,
)

WATCHED = (CAME, *STAYED)
"""The steps that depend on watch time alone."""
STEPS = (*WATCHED, FULL)
"""All steps, the wide end of the funnel first."""
LONGEST = STAYED[-1]
"""The step that represents staying where there is space for only one."""
STEP_OF = {step.metric: step for step in STEPS}

THRESHOLDS = ",".join(str(step.seconds) for step in STAYED)
"""Seconds of the buckets in the form of stored rows: 300,1800."""

FIRST_THRESHOLDS = "300,1800"
"""The buckets of rows that name none: there were no others before."""


def _of_everybody(step: Step) -> Measure:
    return Measure(f"visits{step.ending}", f"{step.label}, all", "Registered or not.", step.exists)


MEASURES: tuple[Measure, ...] = (
    Measure("invited", "Invited", "As reported by the service or a table; n/a if nobody does.", "said", counted=False),
    Measure(
        "page_views",
        "Page views",
        "Views of the registration page, as reported by the service (Zoom: by its tracked links) or a table; n/a if"
        " nobody does.",
        "said",
        counted=False,
    ),
    Measure("registrations", "Registrants", "Registration good at the end of the webinar; before the end, now."),
    Measure("registered_later", "Registered after the webinar", "Registered after the end. In no percentage."),
    Measure("visits_all", "Joined (any length)", "At least one session, even of zero seconds; registered or not."),
    *map(_of_everybody, STEPS),
    Measure("walk_ins", "Walk-ins", "Joined and were not registered. In no percentage."),
    Measure("recording_viewers", "Watched the recording", "People; never a live visit.", "recorded"),
    Measure("recording_views", "Recording views", "Views, several per person; never a live visit.", "recorded"),
    *(Measure(f"registered_visits{step.ending}", step.label, step.description, step.exists) for step in STEPS),
    Measure("no_shows", "No-shows", "Registered people who have not come.", "begun", counted=False),
    Measure("watch_seconds", "Watch time", "Seconds, the sum of all who watched, registered or not."),
)
"""In the order of the report. Each step's conversion is over these: registered_visits… / registrations."""
NAMED = {measure.name: measure for measure in MEASURES}

WATCHING: tuple[Measure, ...] = (
    Measure(
        "average_watch_seconds",
        "Average watch time",
        "Seconds, of those with any watch time, registered or not; for several webinars, sum over sum.",
        "watched",
        counted=False,
    ),
    Measure(
        "median_watch_seconds",
        "Median watch time",
        "Seconds: half of those with any watch time watched longer. Of one webinar as a whole.",
        "watched",
        counted=False,
    ),
    Measure(
        "peak_viewers",
        "Peak viewers",
        "The most people in the room at one instant. Of one webinar as a whole; n/a if only totals per person are"
        " reported.",
        "watched",
        counted=False,
    ),
    Measure("peak_at", "Peak at", "The earliest instant of that peak.", "watched", counted=False),
)
"""How people watched; none of these can be summed."""

REPORTED = ("registrations", "visits_all", *(step.metric for step in STEPS), "recording_views")
"""What a service or a table can report about a webinar as a whole, used if it names no people."""
