"""What is judged, and how it stands against what is typical: shapes that detection, causes and words share. Pure."""

from typing import NamedTuple

from alerts.detection.settings import Metric

POOLED = ("region", "course", "language")
"""What recent webinars are judged together by; of two that explain a drop peers, the first is named."""
TOTAL = "total"
SOURCE_GROUP = "source_group"


class Segment(NamedTuple):
    """What is judged."""

    webinar_id: str
    """Empty for a pooled segment."""
    dimension: str
    """`total`, `source_group`, or one of POOLED."""
    value: str


class Finding(NamedTuple):
    """How a segment's conversion stands against the usual one. Conversions are fractions."""

    segment: Segment
    metric: Metric
    registrations: int
    converted: int
    baseline: float
    """The usual conversion; of a pooled segment that of its webinars, weighed by their registrations."""
    deviation: float
    """Its total standard deviation for so many registrations: binomial and between webinars."""
    webinars: int
    """How many earlier webinars say what is usual; of a pooled segment how many webinars it has."""
    p: float
    """How probable so few are without a drop."""
    adjusted: float = 1.0
    """p, adjusted for all the segments of the evaluation (Benjamini-Hochberg)."""
    drop: bool = False
    """Surely and considerably lower than usual."""
    calm: bool = False
    """As usual again, for an alarm that is on."""

    @property
    def rate(self) -> float:
        """The conversion now."""
        return self.converted / self.registrations

    @property
    def band(self) -> tuple[float, float]:
        """Where the conversion usually is: two total standard deviations around the usual one."""
        return max(0.0, self.baseline - 2 * self.deviation), min(1.0, self.baseline + 2 * self.deviation)
