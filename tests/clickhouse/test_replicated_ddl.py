"""Every table of a cluster is made by the real engine, with a real ZooKeeper. What was not tried: decision 0044."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clickhouse import schema
from clickhouse.engines import PER_NODE, rendered_for, runs_once
from clickhouse.migrate import migrations, statements
from tests.servers.zookeeper import running_zookeeper

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 120
_REPLICAS = "SELECT table, zookeeper_path, replica_name FROM system.replicas WHERE database = '{}' ORDER BY table"
RENAMED = {"ended_timelines": "ended_courses", "baseline_values": "usual_values"}
"""Table -> the name that it was made with, which Keeper keeps."""


def of_migrations() -> Iterator[str]:
    """All but rows. A change of columns is the same text on one node, and needs a replica that is active."""
    for migration in migrations():
        for statement in statements(migration.text):
            if not (runs_once(statement) or statement.startswith("ALTER")):
                yield rendered_for(statement, "main")


def of_a_new_node() -> list[str]:
    """The tables as they are now, as clickhouse/stages.py takes them from another node."""
    found = statements(schema.FILE.read_text())
    return [rendered_for(one, "main") for one in found if not any(f"TABLE {name}\n" in one for name in PER_NODE)]


def answers(folder: Path, port: int, asked: list[str]) -> list[dict[str, Any]]:
    """What the engine says to each statement. Its process is ended whatever it does."""
    command = [sys.executable, "-m", "tests.clickhouse.ddl_process", str(folder), str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        said, _ = process.communicate(json.dumps(asked), timeout=LIMIT_SECONDS)
    finally:
        process.kill()
    *lines, done = said.splitlines()
    assert done == "done"
    return [json.loads(line) for line in lines]


def test_the_engine_makes_every_table_of_a_cluster_under_its_path_in_keeper(tmp_path: Path) -> None:
    made, now = list(of_migrations()), of_a_new_node()
    tables = {one.split("\n")[0].removeprefix("CREATE TABLE "): one for one in now if one.startswith("CREATE TABLE")}
    assert len(tables) > 30
    assert all("ENGINE = Replicated" in one for one in tables.values())
    asked = ["CREATE DATABASE funnel", "USE funnel", *made, _REPLICAS.format("funnel")]
    asked += ["CREATE DATABASE fresh", "USE fresh", *now, _REPLICAS.format("fresh")]
    # Another node, which makes the same tables: from the same text, and from that of the first migration.
    asked += ["CREATE DATABASE other", "USE other"]
    same = [of_another_node(one) for one in tables.values()]
    former = of_another_node(next(one for one in made if one.startswith("CREATE TABLE IF NOT EXISTS rules")))
    asked += [*same, former.replace(" rules", " rules_as_they_were").replace("'ch-2'", "'ch-3'")]
    with running_zookeeper(tmp_path) as port:
        *said, refused = answers(tmp_path, port, asked)
    answered = zip(asked[:-1], said, strict=True)
    assert [f"{one[:60]}: {answer['error'][:300]}" for one, answer in answered if answer["error"]] == []
    texts = {one: answer["said"] for one, answer in zip(asked[:-1], said, strict=True)}

    def paths(database: str) -> dict[str, str]:
        lines = texts[_REPLICAS.format(database)].splitlines()
        assert {line.split("\t")[2] for line in lines} == {"ch-1"}
        return dict(line.split("\t")[:2] for line in lines)

    assert paths("fresh") == {name: f"/clickhouse/tables/main/fresh/{name}" for name in tables}
    assert paths("funnel") == {name: f"/clickhouse/tables/main/funnel/{RENAMED.get(name, name)}" for name in tables}
    assert "Table columns structure in ZooKeeper is different" in str(refused["error"]), (
        "why statements go side by side over the nodes"
    )


def of_another_node(statement: str) -> str:
    """The same table in Keeper, of another replica."""
    name = statement.split("\n", maxsplit=1)[0].rsplit(maxsplit=1)[-1]
    return statement.replace("{database}/{table}', '{replica}'", f"fresh/{name}', 'ch-2'")
