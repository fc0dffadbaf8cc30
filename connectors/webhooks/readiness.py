"""Whether a webhook that came now would be kept: found out by writing, not by remembering what was."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from connectors.webhooks.background import Background
from connectors.webhooks.intake import Intake
from connectors.webhooks.kafka_or_spool import KafkaOrSpool

_ANSWER_SECONDS = 1.5
_GOOD_SECONDS = 1.0
"""So long an answer may be repeated: each costs a write on the disk, and strangers may ask."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What is said of it: all of it to the operator of this machine."""

    is_ready: bool
    said: dict[str, Any]


class Readiness:
    """For one event loop."""

    def __init__(self, intake: Intake, keeper: KafkaOrSpool, background: Background) -> None:
        self._intake = intake
        self._keeper = keeper
        self._background = background
        self._asking: asyncio.Future[str] | None = None
        self._asked_at = 0.0

    async def ask(self) -> Ready:
        """Within two seconds, whatever hangs."""
        why, kafka = await self._why(), self._keeper.kafka_answers()
        spool = not why and self._background.spool_has_room
        if not why and not spool and not kafka:
            why = "Kafka is away and the spool is full"
        said = {
            "kafka": kafka,
            "spool": spool,
            "spooled": self._background.spooled,
            "rules": self._background.rules_error or "ok",
        }
        # funnel status shows this of it.
        return Ready(not why, {"why": why, **said} if why else said)

    async def _why(self) -> str:
        """Why the state takes nothing; empty: it does. Half of what comes needs it though Kafka answers."""
        now = time.monotonic()
        if self._asking is None or (self._asking.done() and now - self._asked_at > _GOOD_SECONDS):
            self._asking, self._asked_at = asyncio.ensure_future(self._intake.prove()), now
        # What hangs is not asked again, and not ended: it would still hang.
        done, _ = await asyncio.wait([self._asking], timeout=_ANSWER_SECONDS)
        return self._asking.result() if done else f"the state has not answered within {_ANSWER_SECONDS:g} s"
