"""docs/design.md 5, "one stem names one thing in all layers": rows, tables and views; topics; texts and make."""

import ast
import re
from typing import get_args

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.inline import ALSO, OF_PEOPLE
from clickhouse.migrate import views
from contract.events import Event
from contract.measures import STEP_OF
from contract.topics import ALL_TOPICS, EVENT_TOPICS, POLL_CURSORS, POLL_WAKES, PROBES, TOPIC_OF_TYPE
from grafana.base import sql
from streams.fold.lines import EVENT_COLUMNS, LetterRow, SourceRow
from streams.fold.offsets import unpacked
from streams.fold.row import COLUMNS
from streams.fold.webinar_row import WebinarRow
from streams.settings import Settings
from tests.layers.sources import FOLDERS, ROOT, parsed, python_files

TABLES = {
    "events",
    "dead_letters",
    "settled_letters",
    "current_webinars",
    "current_baselines",
    "current_people",
    "current_turns",
    "current_definition",
    "person_registrations",
    "totals",
    "webinar_changes",
    "webinar_instants",
    "settled_counts",
    "ended_timelines",
    "baseline_values",
    "judgements",
    "findings",
    "forgotten",
    "pace",
    "event_minutes",
    "alarm_states",
    "alert_messages",
    "alert_deliveries",
    "alert_runs",
    "job_turns",
    "probes",
    "worker_runs",
    "webinars",
    "connector_reports",
    "rules",
    "persons",
    "sources",
    "funnel_snapshots",
    "excluded_domains",
    "notes",
    "schema_migrations",
}


FORMER = {"reached_5m_at", "reached_30m_at"}
"""Columns of persons that only rows of before migration 0018 were written with."""


def columns(client: Client, table: str, *, written: bool = False) -> list[str]:
    """The columns in order; with `written`, those that have no default and so have to be in every row."""
    rows = client.query(
        "SELECT name, default_kind FROM system.columns"
        " WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
        {"table": table},
    ).result_rows
    assert rows, table
    return [name for name, default_kind in rows if not (written and default_kind)]


def test_the_rows_of_persons_and_webinars_are_the_tables_column_by_column(client: Client) -> None:
    assert [name for name in columns(client, "persons") if name not in FORMER] == list(COLUMNS)
    assert columns(client, "webinars") == list(WebinarRow._fields)


def test_the_other_rows_say_every_column_that_has_no_default(client: Client) -> None:
    rows = {"events": list(EVENT_COLUMNS), "sources": SourceRow._fields, "dead_letters": LetterRow._fields}
    for table, names in rows.items():
        assert set(names) == set(columns(client, table, written=True)), table


def test_rows_in_binary_have_the_types_of_their_columns(client: Client) -> None:
    asked = "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}"
    for table, written in (("events", EVENT_COLUMNS), ("persons", COLUMNS)):
        types = {str(name): kind for name, kind in client.query(asked, {"table": table}).result_rows}
        plain = {name: re.sub(r"LowCardinality\((\w+)\)", r"\1", types[name]) for name in written}
        assert written == plain


def test_every_table_and_every_column_says_what_it_is(client: Client) -> None:
    tables = client.query(
        "SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine NOT LIKE '%View'"
    ).result_rows
    assert {name for name, _ in tables} == TABLES
    assert [name for name, comment in tables if not comment.strip()] == []
    silent = client.query(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND comment = ''"
        " AND table IN {tables:Array(String)}",
        {"tables": sorted(TABLES)},
    ).result_rows
    assert silent == []


def test_no_table_is_partitioned_and_what_can_change_is_replaced(client: Client) -> None:
    tables = client.query(
        "SELECT name, engine, partition_key FROM system.tables"
        " WHERE database = currentDatabase() AND engine NOT LIKE '%View'"
    ).result_rows
    # webinar_changes keeps greatest values, and counts inserts: one more is harmless. event_minutes is of no number.
    # forgotten only grows.
    engines = {name: engine for name, engine, _ in tables}
    assert {engines.pop(name) for name in ("webinar_changes", "event_minutes", "forgotten")} == {"AggregatingMergeTree"}
    assert set(engines.values()) == {"ReplacingMergeTree"}
    assert {key for _, _, key in tables} == {""}


def test_every_view_of_the_files_is_there(client: Client) -> None:
    named = [name for name, _ in views()] + [*OF_PEOPLE.values(), *ALSO.values()]
    found = client.query("SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View'")
    assert sorted(name for (name,) in found.result_rows) == sorted(named)


# The workers load their own states, rebuild removes rows of former versions; verify says how many rows are stored;
# erasure looks for persons.
MAY_READ_PERSONS = {
    *("streams/store.py", "funnel/rebuild/derive.py", "funnel/report/verify.py", "funnel/erasure/tables.py"),
}


def test_who_counts_is_said_by_the_views_alone() -> None:
    sources = [
        path
        for folder in FOLDERS
        if folder != "clickhouse"
        for ending in ("*.py", "*.sql")
        for path in (ROOT / folder).rglob(ending)
    ]
    readers = {
        str(path.relative_to(ROOT)) for path in sources if re.search(r"\b(FROM|JOIN)\s+persons\b", path.read_text())
    }
    assert readers == MAY_READ_PERSONS


@pytest.mark.parametrize("bucket", STEP_OF)
def test_a_bucket_has_one_name_from_the_view_to_the_panel(client: Client, bucket: str) -> None:
    conversion = bucket.replace("visits", "conversion")
    for view in ("counts_at", "funnel_by_source", "funnel"):
        created = client.command(f"SHOW CREATE TABLE {view}")
        assert re.search(rf"\b{bucket}\b", str(created)), view
    assert re.search(rf"\b{conversion}\b", (ROOT / "funnel/report/oracle.py").read_text() + str(created))
    queries = [sql(path.parent.name, path.stem) for path in (ROOT / "grafana/queries").glob("*/*.sql")]
    assert any(re.search(rf"\bregistered_{bucket}\b", query) for query in queries)


def test_topics_stand_in_the_order_of_the_offsets_of_stored_rows() -> None:
    # Stored versions are sums over these places. Append only.
    assert [topic.name for topic in EVENT_TOPICS][:4] == [
        "webinar.webinars.v1",
        "webinar.registrations.v1",
        "webinar.attendance.v1",
        "webinar.identities.v1",
    ]
    assert len(unpacked(0)) == len(EVENT_TOPICS)


def test_every_type_of_event_has_one_topic_and_no_topic_forgets() -> None:
    types = {model.model_fields["type"].default for model in get_args(Event)}
    assert TOPIC_OF_TYPE.keys() == types
    # That somebody is forgotten may be said on each of them.
    assert sum(len(topic.event_types - {"forgotten"}) for topic in EVENT_TOPICS) == len(types - {"forgotten"})
    assert all("forgotten" in topic.event_types for topic in EVENT_TOPICS)
    forever = Settings(_env_file=None).kafka_retention_days
    assert {topic.name for topic in ALL_TOPICS if topic.retention_ms(forever) != -1} == {PROBES.name, POLL_WAKES.name}
    assert [topic for topic in ALL_TOPICS if topic.is_compacted] == [POLL_CURSORS]
    assert EVENT_TOPICS[0].retention_ms(7) == 7 * 86_400_000
    assert len({topic.name for topic in ALL_TOPICS}) == len(ALL_TOPICS)


def test_what_the_contract_says_of_topics_is_what_the_code_has() -> None:
    contract = (ROOT / "docs/contract.md").read_text()
    said = set(re.findall(r"\(topic `?(webinar\.[a-z-]+\.v1)", contract))
    assert said == {topic.name for topic in EVENT_TOPICS}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_make_target_is_told_by_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    phony = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    assert told == targets() == set(" ".join(phony).split())


def test_every_make_command_that_a_text_names_exists() -> None:
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "clickhouse").glob("*.md"), ROOT / ".ci/run"]
    for text in texts:
        named = set(re.findall(r"(?:^|`|&& )make ([a-z-]+)\b", text.read_text(), re.MULTILINE))
        assert named <= targets(), text


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("time_ns() // 1_000_000", {"process/clock.py"}),
        ("""= "{at:DateTime64(3, 'UTC')}\"""", {"clickhouse/at.py"}),
        ("FAILED, WRONG_USE = ", {"funnel/cli/console.py"}),
        ("def give_up(", {"funnel/cli/console.py"}),
    ],
)
def test_it_is_defined_in_one_place(words: str, places: set[str]) -> None:
    assert {path for path in python_files() if words in (ROOT / path).read_text()} == places


def test_what_is_run_as_a_module_does_something() -> None:
    lasts = {path: parsed(path).body[-1] for path in python_files() if path.endswith("/__main__.py")}
    assert [path for path, last in lasts.items() if isinstance(last, ast.FunctionDef | ast.ClassDef)] == []
