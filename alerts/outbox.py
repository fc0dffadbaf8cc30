"""Brings each message to each channel once.

What fails is tried again, what was overtaken or is too old is skipped, and what cannot be sent is set aside.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from alerts.channels import TOPIC, Channel, DeliveryError, UnsendableError
from alerts.messages import Message
from alerts.plain import one_line
from alerts.store import AlertStore
from contract.instants import DAY, MINUTE
from process.meters import counter

KEPT = DAY
"""So old, a message is told no more."""
_LONGEST_PAUSE = 30 * MINUTE
_MOST_SURPRISES = 3
"""So often a message is tried whose sending fails as nothing should."""
DIGEST = "digest"
UNSENDABLE = "unsendable"
_LINE = 200

Deliveries = Mapping[tuple[str, str], tuple[str, int]]
"""(message_id, channel) -> outcome and attempts."""


class Skip(NamedTuple):
    """A message that a channel is not to get, and why."""

    message: Message
    why: str


def due(
    messages: Sequence[Message], deliveries: Deliveries, channel: str, kinds: Sequence[str]
) -> tuple[list[Message], list[Skip]]:
    """What the channel is to get now, and what it is not to get any more. Pure.

    `messages`: of the last day, the oldest first. The topic gets all; people get the kinds they want, and of what has
    changed again while it could not be said (a mute time, an outage) only the last state.
    """
    open_ = [one for one in messages if deliveries.get((one.message_id, channel), ("", 0))[0] in ("", "failed")]
    if channel == TOPIC:
        return [one for one in open_ if one.event], [Skip(one, "not for programs") for one in open_ if not one.event]
    already_sent = {
        one.message_id for one in messages if deliveries.get((one.message_id, channel), ("", 0))[0] == "sent"
    }
    wanted: list[Message] = []
    skipped: list[Skip] = []
    for message in open_:
        same = [one for one in messages if one.subject == message.subject and one.kind != DIGEST]
        later = [one for one in same if (one.created_at, one.message_id) > (message.created_at, message.message_id)]
        before = [one for one in same if one.raised and one.created_at < message.created_at]
        if message.kind == DIGEST:
            wanted.append(message)
        elif message.kind not in kinds:
            skipped.append(Skip(message, "not wanted (FUNNEL_ALERT_KINDS)"))
        elif later:
            skipped.append(Skip(message, "overtaken"))
        elif not message.raised and before and not any(one.message_id in already_sent for one in before):
            skipped.append(Skip(message, "its beginning was never said"))
        else:
            wanted.append(message)
    return wanted, skipped


class Outbox:
    """Delivers what is due. Remembers when to try again what failed."""

    def __init__(
        self, store: AlertStore, channels: Sequence[Channel], kinds: Sequence[str], say: Callable[[str], None]
    ):
        self._store, self._channels, self._kinds, self._say = store, channels, kinds, say
        self._again_at: dict[tuple[str, str], int] = {}

    def deliver(self, at: int, *, muted: bool) -> int:
        """Returns how many got through. While it is muted, only the topic gets its own."""
        messages = self._store.messages(at - KEPT)
        if not messages:
            return 0
        deliveries = self._store.deliveries(at - KEPT)
        sent = 0
        for channel in self._channels:
            if muted and channel.name != TOPIC:
                continue
            wanted, skipped = due(messages, deliveries, channel.name, self._kinds)
            for one in skipped:
                self._store.write_delivery(one.message.message_id, channel.name, "skipped", 0, one.why)
            for message in wanted:
                attempts = deliveries.get((message.message_id, channel.name), ("", 0))[1] + 1
                if self._again_at.get((message.message_id, channel.name), 0) <= at:
                    sent += self._try(message, channel, attempts, at)
        return sent

    def _try(self, message: Message, channel: Channel, attempts: int, at: int) -> bool:
        try:
            channel.send(message)
        except UnsendableError as error:
            self._set_aside(message, channel, attempts, str(error))
            return False
        except DeliveryError as error:
            self._later(message, channel, attempts, at, str(error))
            return False
        except Exception as error:
            # Whatever it is, the other messages must get out.
            fault = one_line(f"{type(error).__name__}: {error}", _LINE)
            if attempts < _MOST_SURPRISES:
                self._later(message, channel, attempts, at, fault)
            else:
                self._set_aside(message, channel, attempts, fault)
            return False
        self._store.write_delivery(message.message_id, channel.name, "sent", attempts, "")
        self._say(f"sent to {channel.name}: {one_line(message.title, _LINE)}")
        return True

    def _later(self, message: Message, channel: Channel, attempts: int, at: int, why: str) -> None:
        self._again_at[message.message_id, channel.name] = at + min(
            MINUTE * 2 ** min(attempts, 10) // 2, _LONGEST_PAUSE
        )
        counter("funnel_errors_total").labels("channel").inc()
        self._store.write_delivery(message.message_id, channel.name, "failed", attempts, why)
        self._say(f"not sent to {channel.name}: {why}. It is tried again.")

    def _set_aside(self, message: Message, channel: Channel, attempts: int, why: str) -> None:
        self._store.write_delivery(message.message_id, channel.name, UNSENDABLE, attempts, why)
        self._say(f"set aside, not for {channel.name}: {why}: {one_line(message.title, _LINE)}")
