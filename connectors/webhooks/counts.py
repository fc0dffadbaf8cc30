"""How many requests were accepted and refused, by service and reason: in all, and within the current minute. Pure."""

from collections import Counter

from contract.instants import MINUTE, format_instant
from contract.reports import Health


class Counts:
    """One process's counts. `instance` tells processes apart: their reports add up."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self._minute = 0
        self._accepted_now: Counter[str] = Counter()
        self._refused_now: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        """Accepted requests by service, since the start."""
        self.refused: Counter[tuple[str, str]] = Counter()
        """Refused requests by service and reason, since the start."""

    def accept(self, service: str, now: int) -> None:
        """Counts a request that is safe. `now` in milliseconds since 1970 UTC."""
        self._turn(now)
        self.accepted[service] += 1
        self._accepted_now[service] += 1

    def refuse(self, service: str, reason: str, now: int) -> None:
        """Counts a request that was refused."""
        self._turn(now)
        self.refused[service, reason] += 1
        self._refused_now[service] += 1

    def health(self, service: str, spooled: int, now: int) -> Health:
        """The report of the current minute; the latest one of a minute counts."""
        self._turn(now)
        return Health.model_validate(
            {
                "connector": service,
                "report_id": f"{self._instance}:{format_instant(self._minute)}",
                "at": format_instant(now),
                "accepted": self._accepted_now[service],
                "refused": self._refused_now[service],
                "spooled": spooled,
            }
        )

    def _turn(self, now: int) -> None:
        minute = now - now % MINUTE
        if minute != self._minute:
            self._minute = minute
            self._accepted_now.clear()
            self._refused_now.clear()
