"""Ends a worker that cannot read a topic any more, as after a bad release, before it has made all of it dead letters.

Nothing is lost by it: the batch is not written, and its offsets are not committed (docs/decisions/0038). Pure.
"""

from collections.abc import Mapping

from process.errors import HeldError


class FuseBlown(HeldError):
    """The worker has to end, and must not read on before somebody has looked."""


class Fuse:
    """Blows where a topic has brought so many more dead letters than events.

    So many in a row do it, and where more than half of what comes is dead, as many on balance.
    """

    def __init__(self, most: int) -> None:
        """`most`: at how many it blows; 0: never."""
        self._most = most
        self._excess: dict[str, int] = {}

    def count(self, events: Mapping[str, int], dead: Mapping[str, int]) -> str | None:
        """Takes in a batch, counted by topic; the topic at which it blows."""
        for topic in {*dead, *self._excess}:
            excess = self._excess.get(topic, 0) + dead.get(topic, 0) - events.get(topic, 0)
            self._excess[topic] = max(0, excess)
            if self._most and excess >= self._most:
                return topic
        return None

    def blown(self, topic: str, example: str) -> FuseBlown:
        """Why, and the way out. `example`: the reason and the detail of one letter."""
        return FuseBlown(
            f"the dead-letter fuse blew: {self._excess[topic]:,} more records of {topic} could not be read than could "
            f"({example}). Nothing is lost: the workers have stopped. Install a release that reads them, or mend what "
            "sends them, then run funnel dead-letters resume and start the workers again; FUNNEL_DEAD_LETTER_FUSE=0 "
            "lets them pass as dead letters"
        )
