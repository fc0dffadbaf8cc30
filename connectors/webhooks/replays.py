"""The signed requests that were accepted: the same one again while its signature is fresh is a replay. Pure."""

from collections import OrderedDict

from contract.instants import MINUTE

_FRESH = 10 * MINUTE
"""Longer than any service's signature is fresh: five minutes, before and after."""
_MOST = 50_000


class Replays:
    """Stores the latest keys. If a dropped one comes again, it gives the same events, which count once anyway."""

    def __init__(self, fresh: int = _FRESH, most: int = _MOST) -> None:
        self._fresh = fresh
        self._most = most
        self._taken: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._taken)

    def is_replay(self, key: str, now: int) -> bool:
        """Whether that key is stored and fresh. `now` in milliseconds since 1970 UTC."""
        taken_at = self._taken.get(key)
        return taken_at is not None and now - taken_at <= self._fresh

    def remember(self, key: str, now: int) -> None:
        """Stores the key; call it once its request is safe."""
        self._taken[key] = now
        self._taken.move_to_end(key)
        while len(self._taken) > self._most or now - next(iter(self._taken.values())) > self._fresh:
            self._taken.popitem(last=False)
