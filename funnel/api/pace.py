"""How many requests each caller may send: a bucket that fills steadily. Pure. For one thread."""

import math
from collections import OrderedDict

_MOST_CALLERS = 10_000


class Pace:
    """Of one server. A caller may send a minute's requests at once, and then as many as a minute allows."""

    def __init__(self, requests_per_minute: int) -> None:
        self._most = float(requests_per_minute)
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str, now: float) -> int:
        """Counts a request at `now` (seconds of a monotonic clock). 0: go on; else seconds until the next may come."""
        left, at = self._callers.pop(caller, (self._most, now))
        left = min(self._most, left + (now - at) * self._most / 60)
        allowed = left >= 1
        self._callers[caller] = (left - 1 if allowed else left, now)
        if len(self._callers) > _MOST_CALLERS:
            self._callers.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - left) * 60 / self._most))
