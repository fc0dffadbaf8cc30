"""What the version before migration 0018 stored, with the columns of its two buckets, says the same after it.

`before_0018.json.gz` holds its tables as they were (forty webinars, most of random events), and what its report and its
bands of the usual said of them.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import apply, create_database, migrate, migrations
from clickhouse.nodes import Nodes
from clickhouse.settled import unsettled
from funnel.report.numbers import Question, Row, answer, by_webinar_and_source
from funnel.report.verify import compare
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import at

Before = dict[str, Any]


@pytest.fixture(scope="module")
def before() -> Before:
    loaded: Before = json.loads(gzip.decompress((Path(__file__).parent / "before_0018.json.gz").read_bytes()))
    return loaded


@pytest.fixture(scope="module")
def upgraded(config: Settings, before: Before) -> Iterator[tuple[Settings, Client]]:
    """The database of the version before, then brought to the present schema."""
    own = config.model_copy(update={"clickhouse_database": "before_0018"})
    client = create_database(own)
    apply(Nodes.alone(client), migrations()[:17])
    for table, stored in before["tables"].items():
        if table == "webinar_changes":
            # The view made rows of its own just now.
            client.command("TRUNCATE TABLE webinar_changes SYNC")
        client.command(f"TRUNCATE TABLE {table} SYNC")
        lines = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in stored["rows"])
        client.raw_insert(table, stored["columns"], lines, fmt="JSONCompactEachRow")
    migrate(client, own)
    yield own, client
    client.close()
    writer = connect(config, user="migrator")
    writer.command("DROP DATABASE before_0018")
    writer.close()


def test_no_number_of_the_report_changes(upgraded: tuple[Settings, Client], before: Before) -> None:
    _, client = upgraded
    for moment, said in before["report"].items():
        question = Question(at=int(moment))
        assert _of_then(answer(client, question), said["webinars"]) == said["webinars"]
        assert _of_then(by_webinar_and_source(client, question), said["sources"]) == said["sources"]


def _of_then(rows: list[Row], then: list[Row]) -> list[Row]:
    """The rows with the columns that there were."""
    return [{name: row[name] for name in then[0]} for row in json.loads(json.dumps(rows))]


def test_verify_finds_nothing(upgraded: tuple[Settings, Client]) -> None:
    own, client = upgraded
    for minutes in (20, 58, 3000):
        assert compare(client, own, at(minutes)).mismatches == []


async def test_what_was_settled_without_watch_times_is_told_not_read_and_counted_anew(
    upgraded: tuple[Settings, Client], before: Before
) -> None:
    own, client = upgraded
    old = {row[0] for row in before["tables"]["settled_counts"]["rows"]}
    # Nobody is still nobody.
    assert all(row[2] == [] for row in _settled(client).values())
    assert [*unsettled(client)] == [
        f"Watch times and peaks of {len(old)} settled webinars: the workers' timers count these webinars anew, a few"
        " minutes. Every number is right from now on, while long ranges take longer."
    ]
    computed = answer(client, Question(at(3000)))
    assert any(row["watch_seconds"] and row["peak_viewers"] for row in computed)
    assert await write_settled_counts(Store(own), margin_seconds=0) >= len(old)
    assert {name for name, row in _settled(client).items() if row[3]} >= old
    assert [*unsettled(client)] == []
    assert answer(client, Question(at(3000))) == computed
    assert compare(client, own, at(3000)).mismatches == []


def _settled(client: Client) -> dict[str, Any]:
    rows = client.query("SELECT webinar_id, source, counts, watching FROM settled_at(at = now64(3))").result_rows
    return {row[0]: row for row in rows}


async def test_bands_of_baselines_stay(upgraded: tuple[Settings, Client], before: Before) -> None:
    own, client = upgraded

    # Nobody says what is typical of fewer than five any more: each of the three twice.
    client.command(
        "INSERT INTO baseline_values SELECT * REPLACE (arrayConcat(members, members) AS members,"
        " arrayConcat(weights, weights) AS weights, evaluated_at + INTERVAL 1 SECOND AS evaluated_at)"
        " FROM baseline_values FINAL"
    )

    def ends(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What was as it is now: the lower and the upper end; the middle of a rate is that of all of them together."""
        return [{name: band[::2] for name, band in row.items() if name.endswith("_band")} for row in rows]

    def bands() -> list[dict[str, Any]]:
        asked = "SELECT * FROM baseline_timeline(webinar_id = 'zoom:w3') ORDER BY minute"
        return ends(client.query(asked).named_results())

    assert bands() == ends(before["usual_course"])
    assert await write_timelines(Store(own)) == 0
    client.command("TRUNCATE TABLE ended_timelines SYNC")
    assert await write_timelines(Store(own)) > 0
    assert bands() == ends(before["usual_course"])


def test_snapshots_and_baselines_are_read_as_they_were_written(
    upgraded: tuple[Settings, Client], before: Before
) -> None:
    _, client = upgraded
    (baseline,) = client.query("SELECT * FROM baselines").named_results()
    table = before["tables"]["usual_values"]
    stored = dict(zip(table["columns"], table["rows"][0], strict=True))
    names = [name for name in stored if name.startswith("conversion")]
    assert {name: baseline[name] for name in names} == {name: stored[name] for name in names}
    taken = client.query("SELECT stayed, visits_5m, visits_30m, thresholds FROM funnel_snapshots FINAL").result_rows
    assert taken
    assert all((list(stayed), thresholds) == ([five, thirty], "300,1800") for stayed, five, thirty, thresholds in taken)
