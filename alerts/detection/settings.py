"""What counts as a drop, how sure one must be, and what "usual" is made of: every threshold in one model. Pure.

The defaults hold the bars of the bench (`python -m bench.drops`, docs/decisions/0010).
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contract.measures import CAME, LONGEST, STEP_OF


def _known(metric: str) -> str:
    if metric not in STEP_OF:
        raise ValueError(f"no conversion to {metric}; there are {', '.join(STEP_OF)}")
    return metric


Metric: TypeAlias = Annotated[str, AfterValidator(_known)]
"""A conversion by the count that it is made of: visits, visits_5m, visits_full; those of contract/measures.py."""
Share = Annotated[float, Field(ge=0, le=1)]
Chance = Annotated[float, Field(gt=0, lt=1)]


class DropSettings(BaseModel):
    """All thresholds of detection, reason, stand-outs and pace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # What is usual
    enough_peers: Annotated[int, Field(ge=2)] = 8
    """So many earlier webinars of a likeness are enough; with fewer the next wider likeness is taken."""
    most_peers: Annotated[int, Field(ge=2)] = 60
    """Of more, the latest."""
    half_life_days: Annotated[float, Field(gt=0)] = 45.0
    """A webinar so much older weighs half."""
    prior_variation: Share = 0.02
    """Standard deviation between webinars that is assumed, at a conversion of one half, before history says its own."""
    prior_webinars: Annotated[float, Field(ge=0)] = 1.0
    """How many webinars of history that assumption is worth."""
    most_fallen: Annotated[int, Field(ge=0)] = 4
    """So many webinars of a drop are left out of the variation; one more, and their level is part of the usual."""

    # What is judged at all
    alerting: tuple[Metric, ...] = (CAME.metric, LONGEST.metric)
    """Conversions whose drop sends a message; the others are computed and shown."""
    first_look_minutes: Annotated[int, Field(ge=0)] = 5
    """Nothing is judged earlier in a webinar, nor earlier after a bucket can exist."""
    least_registrations: Annotated[int, Field(ge=1)] = 30
    least_peers: Annotated[int, Field(ge=2)] = 5
    """So many earlier webinars must have had people in the segment."""
    least_matched: Share = 0.5
    """Of those in the room; while fewer match a registration, no conversion is judged."""
    unmatched_excess: Share = 0.25
    """Nor while the matched share is lower than usual by more than this."""

    # What is a drop
    chance: Chance = 2e-3
    """A drop of a webinar is what chance and the usual variation explain with at most this probability."""
    chance_elsewhere: Chance = 6e-4
    """The same for a source group and for a region, course or language: there are more of them."""
    chance_of_stays: Chance = 1e-4
    """The same for staying, so long or to the end: whoever did not come is missing there too."""
    false_discoveries: Chance = 0.05
    """Share of false ones among the segments found at one moment (Benjamini-Hochberg)."""
    least_drop: Share = 0.02
    """A drop is at least so many points (0.02: two), ..."""
    least_relative_drop: Share = 0.08
    """... and at least this share of the usual conversion."""

    # When a message is sent
    evaluations_to_raise: Annotated[int, Field(ge=1)] = 3
    """So many evaluations in a row must find the drop."""
    evaluations_to_clear: Annotated[int, Field(ge=1)] = 5
    clear_chance: Chance = 0.02
    """It is over when chance explains what is left at least this well, or less than half of the least drop is left."""
    empty_minutes: Annotated[int, Field(ge=1)] = 10
    """A webinar that runs so long with nobody in the room, or without any event, is an alarm."""
    least_expected: Annotated[int, Field(ge=1)] = 5
    """Registrations without which an empty room is no alarm."""
    recent_hours: Annotated[int, Field(ge=1)] = 24
    """Webinars begun within these hours are judged together by region, course and language."""

    # Stand-outs and pace
    standout_chance: Chance = 1e-3
    standout_ratio: Annotated[float, Field(gt=1)] = 1.5
    """Registrations stand out when they are so many times the usual, or the usual so many times them."""
    pace_range: Share = 0.8
    """Share of the peers whose growth the range of the expected number spans."""
    pace_behind: Share = 0.75
    """Behind is an upcoming webinar whose expected final number is below this share of the usual one, and its range
    below the usual."""
    pace_hours: Annotated[int, Field(ge=0)] = 24
    """A message of one that is behind is sent at once only so long before it: later little can be done."""
