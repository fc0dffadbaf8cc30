"""Migrations on a cluster: whatever fails where, the next run goes on, and a node that fell behind is refused."""

from itertools import groupby

import pytest

from clickhouse.migrate import Migration, MigrationError, applied, apply
from clickhouse.stages import agreed, fill, lacking, statements
from tests.clickhouse.fake_nodes import FakeClient, Keeper, Killed, fake_nodes, nodes_of

NAMES = ("ch-1", "ch-2", "ch-3")
ONE = Migration(
    1,
    "0001_one",
    "CREATE TABLE IF NOT EXISTS a (k Int8) ENGINE = ReplacingMergeTree ORDER BY k;"
    "CREATE TABLE IF NOT EXISTS b (k Int8) ENGINE = ReplacingMergeTree(v) ORDER BY k;",
)
TWO = Migration(
    2,
    "0002_two",
    "ALTER TABLE a ADD COLUMN IF NOT EXISTS c Int8;"
    "CREATE MATERIALIZED VIEW IF NOT EXISTS a_of_b TO a AS SELECT k FROM b;"
    "INSERT INTO a SELECT k FROM b;",
)
THREE = Migration(3, "0003_three", "RENAME TABLE IF EXISTS b TO bb; ALTER TABLE bb ADD COLUMN IF NOT EXISTS d Int8;")
ALL = [ONE, TWO, THREE]


def run(clients: list[FakeClient]) -> list[str]:
    """As `migrate_all` does it; the nodes that were new."""
    nodes = nodes_of(clients)
    todo, fresh = agreed({node.name: applied(node.client) for node in nodes}, ALL)
    fill(nodes, fresh)
    apply(nodes, todo)
    return fresh


def state(clients: list[FakeClient]) -> list[object]:
    return [(one.journal, one.tables, one.views) for one in clients]


def test_each_statement_is_through_on_every_node_before_the_next_one() -> None:
    keeper = Keeper()
    nodes, clients = fake_nodes(keeper, *NAMES)
    apply(nodes, ALL)
    for statement, calls in groupby(keeper.calls, key=lambda call: call[1]):
        once = statement.startswith("INSERT")
        assert [node for node, _ in calls] == list(NAMES[:1] if once else NAMES), statement
    assert keeper.inserts == ["a"], "rows are replicated: written once"
    assert [list(one.journal or {}) for one in clients] == [[1, 2, 3]] * 3
    assert {tuple(sorted(one.tables)) for one in clients} == {("a", "bb")}
    assert all(one.views == {"a_of_b"} for one in clients)


def test_a_failure_at_any_step_on_any_node_is_said_and_the_next_run_goes_on() -> None:
    whole = Keeper()
    _, clients = fake_nodes(whole, *NAMES)
    run(clients)
    wanted, steps = state(clients), len(whole.calls)
    assert steps > 25
    for away in (False, True):
        for step in range(steps):
            keeper = Keeper(fails_at=step, away=away)
            _, clients = fake_nodes(keeper, *NAMES)
            with pytest.raises(MigrationError) as raised:
                run(clients)
            node, statement = keeper.calls[step]
            said = str(raised.value)
            assert f" on {node}: " in said
            assert said.endswith("Mend it and run funnel migrate again: it goes on there")
            assert "\n" not in said
            of_migrations = "schema_migrations" not in statement and not statement.startswith("record")
            assert of_migrations == any(f"{one.name}.sql failed at its statement" in said for one in ALL)
            assert run(clients) == [], f"goes on after step {step}: {keeper.calls[step]}"
            assert state(clients) == wanted, f"after step {step}"
            assert keeper.tables == whole.tables


def killed_and_run_again(clients: list[FakeClient], keeper: Keeper) -> int:
    """Runs until one ends by itself. Returns how many were killed; after the first one there is another, soon."""
    kills = 0
    while True:
        try:
            run(clients)
        except Killed:
            kills += 1
            keeper.fails_at = len(keeper.calls) + 2 if kills == 1 else -1
        else:
            return kills


def test_after_a_kill_within_any_step_the_next_run_goes_on() -> None:
    """Once the step has taken effect, and nobody has heard of it. Also while a new node is filled."""
    whole = Keeper()
    _, clients = fake_nodes(whole, *NAMES[:2])
    run(clients)
    run([*clients, new := FakeClient(NAMES[2], whole)])
    wanted, steps = state([*clients, new]), len(whole.calls)
    assert steps > 25
    for step in range(steps):
        keeper = Keeper(fails_at=step, kills=True)
        _, clients = fake_nodes(keeper, *NAMES[:2])
        kills = killed_and_run_again(clients, keeper)
        clients.append(FakeClient(NAMES[2], keeper))
        kills += killed_and_run_again(clients, keeper)
        assert kills > 0
        assert state(clients) == wanted, f"after step {step}: {keeper.calls[step]}"
        assert keeper.tables == whole.tables


def test_statements_of_a_whole_file_on_one_node_after_the_other_would_be_refused() -> None:
    """Why they go side by side: the fake keeps to ClickHouse's rule."""
    keeper = Keeper()
    _, clients = fake_nodes(keeper, "ch-1", "ch-2")
    apply(nodes_of(clients[:1]), ALL)
    with pytest.raises(
        MigrationError, match=r"0001_one.sql failed at its statement 1 on ch-2: .*structure in ZooKeeper is different"
    ):
        apply(nodes_of(clients[1:]), ALL)


def test_a_new_node_gets_the_tables_as_they_are_now_and_an_interruption_begins_anew() -> None:
    whole = Keeper()
    _, old = fake_nodes(whole, "ch-1", "ch-2")
    run(old)
    calls = len(whole.calls)
    run([*old, FakeClient("ch-3", whole)])
    steps = len(whole.calls) - calls
    for step in range(steps):
        keeper = Keeper()
        _, clients = fake_nodes(keeper, "ch-1", "ch-2")
        run(clients)
        keeper.fails_at = len(keeper.calls) + step
        clients.append(FakeClient("ch-3", keeper))
        with pytest.raises(MigrationError, match="memory"):
            run(clients)
        run(clients)
        assert clients[2].journal == clients[0].journal
        assert clients[2].tables == clients[0].tables, "under the paths that the others have"
        assert clients[2].views == clients[0].views


def test_a_node_that_fell_behind_is_refused_by_name_with_what_it_lacks() -> None:
    keeper = Keeper()
    _, clients = fake_nodes(keeper, *NAMES)
    run(clients)
    behind = clients[1].journal
    assert behind is not None
    del behind[2], behind[3]
    with pytest.raises(MigrationError) as raised:
        run(clients)
    assert str(raised.value) == (
        "the cluster is half migrated: ch-2 lacks 0002_two, which ch-1 has. Take the database away on ch-2"
        " (DROP DATABASE … SYNC) and run funnel migrate: it gets the tables of the others, and from them the rows"
    )


def test_a_replica_that_hears_of_no_change_is_named() -> None:
    keeper = Keeper(lags="ch-3")
    _, clients = fake_nodes(keeper, *NAMES)
    with pytest.raises(MigrationError) as raised:
        run(clients)
    assert str(raised.value).startswith(
        "ch-3 has not got 0001_one from ch-1 yet (other tables: a, b): see system.replicas"
    )
    assert [one.journal for one in clients] == [{}, {}, {}], "not recorded before"
    keeper.lags = ""
    assert run(clients) == []


def test_workers_are_told_what_is_missing_where() -> None:
    done = {one.number: one.checksum for one in ALL}
    assert lacking({"a:1": done, "b:1": done}, ALL) == ""
    assert lacking({}, ALL) == ""
    said = lacking({"a:1": done, "b:1": {1: ONE.checksum}}, ALL)
    assert said == "ClickHouse is half migrated, b:1 lacks 0002_two: run funnel migrate"


def test_a_changed_file_names_the_node_that_has_the_former_one() -> None:
    done = {1: ONE.checksum}
    with pytest.raises(MigrationError, match=r"^ch-2: 0001_one.sql was changed after it was applied"):
        agreed({"ch-1": done, "ch-2": {1: "another"}}, ALL)


def test_the_tests_migrations_are_of_several_statements() -> None:
    assert [len(list(statements(one.text))) for one in ALL] == [2, 3, 2]


def test_rows_are_not_written_on_a_node_that_is_new() -> None:
    nodes, _ = fake_nodes(Keeper(), *NAMES)
    assert [node.name for node in nodes.with_last(["ch-1"])] == ["ch-2", "ch-3", "ch-1"]
    assert [node.name for node in nodes.with_last([])] == list(NAMES)
