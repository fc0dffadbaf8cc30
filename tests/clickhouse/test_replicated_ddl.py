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
_REPLICAS = (
    "SELECT table, zookeeper_path, replica_name FROM system.replicas WHERE database = currentDatabase() ORDER BY table"
)
_IN_KEEPER = "SELECT name FROM system.zookeeper WHERE path = '/clickhouse/tables/main/{}' ORDER BY name"


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


def test_the_engine_makes_every_table_of_a_cluster_and_keeper_has_it_under_its_path(tmp_path: Path) -> None:
    made, now = list(of_migrations()), of_a_new_node()
    tables = [one for one in now if one.startswith("CREATE TABLE")]
    assert len(tables) > 30
    assert all("ENGINE = Replicated" in one for one in tables)
    asked = ["CREATE DATABASE funnel", "USE funnel", *made, _REPLICAS, _IN_KEEPER.format("funnel")]
    asked += ["CREATE DATABASE fresh", "USE fresh", *now, _REPLICAS, _IN_KEEPER.format("fresh")]
    with running_zookeeper(tmp_path) as port:
        said = answers(tmp_path, port, asked)
    assert len(said) == len(asked)
    assert {one: answer["error"] for one, answer in zip(asked, said, strict=True) if answer["error"]} == {}
    by_name = {one: answer["said"] for one, answer in zip(asked, said, strict=True)}
    names = {one.split("\n")[0].removeprefix("CREATE TABLE ") for one in tables}
    assert set(by_name[_IN_KEEPER.format("fresh")].split()) == names
    replicas = [line.split("\t") for line in by_name[_REPLICAS].splitlines()]
    assert replicas == [[name, f"/clickhouse/tables/main/fresh/{name}", "ch-1"] for name in sorted(names)]
    # Two were renamed since: Keeper keeps the names that they were made with.
    assert set(by_name[_IN_KEEPER.format("funnel")].split()) == names - RENAMED.keys() | set(RENAMED.values())


RENAMED = {"ended_timelines": "ended_courses", "baseline_values": "usual_values"}
