"""What alerts write and remember in ClickHouse: alarms, findings, messages, deliveries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from clickhouse_connect.driver.client import Client

from alerts.detection.alarm import Alarm, Trace
from alerts.detection.findings import Segment
from alerts.evaluate import Stored
from alerts.messages import Message, Unusual
from contract.instants import FAR_FUTURE, MINUTE
from process.clock import now

_MOMENT = 5 * MINUTE
"""Within this time the same change of one subject is the same message."""


class AlertStore:
    """Raises what its client raises."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def stored(self) -> dict[str, Stored]:
        """The alarms as the last evaluation left them. What cannot be read counts as forgotten."""
        rows = self._client.query("SELECT subject, state, since FROM alarm_states FINAL WHERE state != ''").result_rows
        found = {}
        for subject, state, since in rows:
            with suppress(ValueError, TypeError, KeyError):
                found[subject] = Stored(decode_alarm(state), since)
        return found

    def unusual(self) -> dict[str, Unusual]:
        """All that was unusual after the last evaluation."""
        rows = self._client.query(
            f"SELECT {', '.join(Unusual._fields)} FROM findings FINAL WHERE until = {FAR_FUTURE}"
        ).result_rows
        return {row[0]: Unusual(*row) for row in rows}

    def write_stored(self, before: Mapping[str, Stored], after: Mapping[str, Stored], at: int) -> None:
        """What changed of the alarms; those that are forgotten become empty."""
        rows = [
            (subject, encode_alarm(one.alarm), one.since)
            for subject, one in after.items()
            if before.get(subject) != one
        ]
        rows += [(subject, "", at) for subject in before if subject not in after]
        self._insert("alarm_states", ("subject", "state", "since", "evaluated_at"), rows, now())

    def write_unusual(self, rows: Iterable[Unusual]) -> None:
        """New findings, changed ones, and those that are over."""
        self._insert("findings", (*Unusual._fields, "evaluated_at"), list(rows), now())

    def write_run(self, at: int, webinars: int, unread: int, seconds: float) -> None:
        """A sign of life."""
        self._insert("alert_runs", ("webinars", "unread", "seconds", "evaluated_at"), [(webinars, unread, seconds)], at)

    def add_messages(self, messages: Sequence[Message]) -> None:
        """To be delivered from now on. What was said a moment ago, before an abrupt end, is not said again."""
        if not messages:
            return
        since = messages[0].created_at - _MOMENT
        rows = self._client.query(
            "SELECT subject, kind, raised FROM alert_messages FINAL"
            " WHERE created_at >= {since:Int64} OR message_id IN {ids:Array(String)}",
            {"since": since, "ids": [one.message_id for one in messages]},
        ).result_rows
        said = {(row[0], row[1], bool(row[2])) for row in rows if row[0]}
        new = [tuple(one) for one in messages if (one.subject, one.kind, one.raised) not in said]
        if new:
            self._client.insert("alert_messages", new, column_names=list(Message._fields))

    def has_message(self, message_id: str) -> bool:
        """Whether there is such a message."""
        found = self._client.query(
            "SELECT count() FROM alert_messages WHERE message_id = {id:String}", {"id": message_id}
        ).result_rows
        return bool(found[0][0])

    def messages(self, since: int) -> list[Message]:
        """The messages made since then, the oldest first."""
        rows = self._client.query(
            f"SELECT {', '.join(Message._fields)} FROM alert_messages FINAL WHERE created_at >= {{since:Int64}}"
            " ORDER BY created_at, message_id",
            {"since": since},
        ).result_rows
        return [Message(*row)._replace(raised=bool(row[4])) for row in rows]

    def deliveries(self, since: int) -> dict[tuple[str, str], tuple[str, int]]:
        """(message_id, channel) -> outcome and attempts, of the messages made since then."""
        rows = self._client.query(
            "SELECT message_id, channel, outcome, attempts FROM alert_deliveries FINAL"
            " WHERE message_id IN (SELECT message_id FROM alert_messages WHERE created_at >= {since:Int64})",
            {"since": since},
        ).result_rows
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    def write_delivery(self, message_id: str, channel: str, outcome: str, attempts: int, detail: str) -> None:
        """What became of it."""
        names = ("message_id", "channel", "outcome", "attempts", "detail", "at")
        self._insert("alert_deliveries", names, [(message_id, channel, outcome, attempts, detail)], now())

    def _insert(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]], at: int) -> None:
        if rows:
            columns = [f"{name}" for name in names]
            lines = [json.dumps([*row, at / 1000], ensure_ascii=False) for row in rows]
            self._client.raw_insert(
                table, columns, "\n".join(lines).encode("utf-8", "replace"), fmt="JSONCompactEachRow"
            )


def encode_alarm(alarm: Alarm) -> str:
    """As JSON text."""
    traces = [[list(segment), metric, list(trace)] for (segment, metric), trace in alarm.traces]
    return json.dumps([alarm.condition, traces], ensure_ascii=False)


def decode_alarm(text: str) -> Alarm:
    """The inverse."""
    condition, traces = json.loads(text)
    return Alarm(condition, tuple(((Segment(*segment), metric), Trace(*trace)) for segment, metric, trace in traces))
