"""Whether a webhook that arrives now would be stored: checked by writing, not by past results."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from connectors.webhooks.background import Background
from connectors.webhooks.intake import Intake
from connectors.webhooks.kafka_or_spool import KafkaOrSpool

_ANSWER_SECONDS = 1.5
_GOOD_SECONDS = 1.0
"""How long a result is reused: each check costs a write to the disk, and strangers may ask."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The result; only this machine's operator sees all of it."""

    is_ready: bool
    said: dict[str, Any]


class Readiness:
    """Checks readiness. For one event loop."""

    def __init__(self, intake: Intake, keeper: KafkaOrSpool, background: Background) -> None:
        self._intake = intake
        self._keeper = keeper
        self._background = background
        self._asking: asyncio.Future[str] | None = None
        self._asked_at = 0.0

    async def ask(self) -> Ready:
        """The result, within two seconds whatever hangs."""
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
        # funnel status shows this text.
        return Ready(not why, {"why": why, **said} if why else said)

    async def _why(self) -> str:
        """Why the state cannot be written; empty: it can. Many requests need it even while Kafka answers."""
        now = time.monotonic()
        if self._asking is None or (self._asking.done() and now - self._asked_at > _GOOD_SECONDS):
            self._asking, self._asked_at = asyncio.ensure_future(self._intake.prove()), now
        # A hanging check is neither repeated nor ended: it would still hang.
        done, _ = await asyncio.wait([self._asking], timeout=_ANSWER_SECONDS)
        return self._asking.result() if done else f"the state has not answered within {_ANSWER_SECONDS:g} s"
