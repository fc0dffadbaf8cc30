"""Dead letters in ClickHouse, and what an operator did with them. I/O only."""

from collections.abc import Sequence
from typing import Any, Literal

from clickhouse_connect.driver.client import Client

from funnel.dead_letters.letter import Choice, Letter, Place

Settled = Literal["replayed", "discarded"]

_LETTERS = """
SELECT
    topic, partition, offset, written_at, reason, detail, noted.settled
FROM (SELECT * FROM dead_letters FINAL) AS letter
LEFT JOIN (SELECT * FROM settled_letters FINAL) AS noted USING (topic, partition, offset, written_at)
WHERE {conditions}
ORDER BY written_at, topic, partition, offset
"""


def find(client: Client, choice: Choice) -> list[Letter]:
    """The chosen letters, oldest first. Raises ClickHouse's errors."""
    statement, parameters = _conditions(choice)
    rows = client.query(_LETTERS.replace("{conditions}", statement), parameters=parameters).result_rows
    return [
        Letter(Place(topic, partition, offset), written_at, reason, detail, settled)
        for topic, partition, offset, written_at, reason, detail, settled in rows
    ]


def settle(client: Client, letters: Sequence[Letter], settled: Settled, at: int) -> None:
    """Marks them as settled. `at` in milliseconds since 1970 UTC. Raises ClickHouse's errors."""
    if letters:
        rows = [[*one.place, one.written_at, settled, at] for one in letters]
        columns = ["topic", "partition", "offset", "written_at", "settled", "settled_at"]
        client.insert("settled_letters", rows, columns)


def _conditions(choice: Choice) -> tuple[str, dict[str, Any]]:
    parts = {
        "settled = ''": None if choice.with_settled else "",
        "(topic, partition, offset) IN {places:Array(Tuple(String, UInt16, UInt64))}": list(map(tuple, choice.places)),
        "reason IN {reasons:Array(String)}": list(choice.reasons),
        "topic IN {topics:Array(String)}": list(choice.topics),
        "written_at >= {since:Int64}": choice.since,
        "written_at < {until:Int64}": choice.until,
    }
    names = ("", "places", "reasons", "topics", "since", "until")
    said = {
        part: (name, value)
        for name, (part, value) in zip(names, parts.items(), strict=True)
        if value is not None and value != []
    }
    return " AND ".join(said) or "1", {name: value for name, value in said.values() if name}
