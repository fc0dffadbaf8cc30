"""The options of a simulated day. Pure."""

from dataclasses import dataclass

from contract.instants import HOUR


@dataclass(frozen=True, slots=True)
class Scenario:
    """A day around one large live webinar. Shares are fractions.

    The whole day is planned in memory, about 1 kB per delivery.
    """

    starts_at: int
    """When the main webinar begins, in milliseconds since 1970 UTC. Records whose `received_at` is over a day ahead of
    the wall clock are dead letters, so a day that is published must not lie in the future."""
    registrants: int = 1_000
    """Registrants of the main webinar. Those of the day's other webinars follow from it."""
    duration_seconds: int = 3_600
    other_webinars: bool = True
    """Also an earlier webinar with recording views, a late one that disappoints, one with totals per person only, a
    cancelled one, and one that is not announced."""
    broken_records: bool = True
    by_services: bool = False
    """The main webinar takes place on Zoom and people register through a form; both send webhooks."""
    repeated: float = 0.05
    """Share of deliveries that come twice."""
    late: float = 0.03
    """Share of deliveries that come with the second, third or fourth attempt: 5, 25 or 85 minutes late."""
    lost_leaves: float = 0.04
    """Share of sessions whose leave never comes."""

    @property
    def opens_at(self) -> int:
        """Simulated time of the first delivery."""
        return self.starts_at - 12 * HOUR
