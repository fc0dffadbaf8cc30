"""Views are made again where one of them, or what they read, is not as it was, and only there. On a real server."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from clickhouse import made_views
from clickhouse.migrate import create_database
from tests.servers.clickhouse import Server

MADE = (
    "CREATE OR REPLACE VIEW one AS\nSELECT * FROM rows",
    "CREATE OR REPLACE VIEW two AS\nSELECT x + 1 AS y FROM rows",
    "CREATE OR REPLACE VIEW three AS\nSELECT x FROM rows WHERE x > {at:UInt8}",
)
NEWER = (MADE[0], MADE[1].replace("+ 1", "+ 2"), MADE[2].replace(">", ">="))


@pytest.fixture(scope="module")
def client(clickhouse_server: Server) -> Iterator[Client]:
    config = clickhouse_server.settings().model_copy(update={"clickhouse_database": f"m{uuid4().hex}"})
    client = create_database(config)
    client.command("CREATE TABLE rows (x UInt8) ORDER BY x")
    made_views.replace(client, MADE)
    yield client
    client.command(f"DROP DATABASE {config.clickhouse_database}")
    client.close()


def definitions(client: Client) -> list[str]:
    asked = "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name != 'rows'"
    return [text.partition(" COMMENT ")[0] for (text,) in client.query(f"{asked} ORDER BY name").result_rows]


def interrupted(client: Client, made: tuple[str, ...], after: int) -> None:
    """Makes so many views, and the next statement fails."""
    with pytest.raises(DatabaseError):
        made_views.replace(client, [*made[:after], "CREATE OR REPLACE VIEW broken AS SELECT nothing FROM rows"])


def with_its_comment(client: Client) -> None:
    """As someone does who copies what SHOW CREATE says, and edits that."""
    comment = client.command("SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = 'three'")
    client.command(f"CREATE OR REPLACE VIEW three AS SELECT 7 AS x COMMENT '{comment}'")


CHANGES: dict[str, Callable[[Client], object]] = {
    "a view was dropped": lambda client: client.command("DROP VIEW two"),
    "the last view was dropped": lambda client: client.command("DROP VIEW three"),
    "every view was dropped": lambda client: [client.command(f"DROP VIEW {name}") for name in ("one", "two", "three")],
    "a view was changed by hand": lambda client: client.command("CREATE OR REPLACE VIEW two AS SELECT 7 AS y"),
    "the last view was changed by hand": with_its_comment,
    "an upgrade was interrupted before the first view": lambda client: interrupted(client, NEWER, 0),
    "an upgrade was interrupted in the middle": lambda client: interrupted(client, NEWER, 2),
    "an upgrade was interrupted before its end": lambda client: interrupted(client, NEWER, 3),
    "this version made no view last time": lambda client: interrupted(client, MADE, 2),
    "the newer version made all": lambda client: made_views.replace(client, NEWER),
}


@pytest.mark.parametrize("change", CHANGES)
def test_views_are_those_of_the_code_whatever_happened_to_them(client: Client, change: str) -> None:
    assert made_views.stand(client, MADE)
    before = definitions(client)
    CHANGES[change](client)
    if not made_views.stand(client, MADE):
        made_views.replace(client, MADE)
    assert definitions(client) == before
    assert made_views.stand(client, MADE)


def test_changed_code_a_changed_table_or_another_server_makes_all_of_them_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made_views.stand(client, MADE)
    for other in (NEWER, MADE[1:], (MADE[1], MADE[0], MADE[2]), MADE[:2]):
        assert not made_views.stand(client, other)
    with monkeypatch.context() as patch:
        patch.setattr(client, "server_version", "99.1.1.1")
        assert not made_views.stand(client, MADE)
    client.command("INSERT INTO rows VALUES (1)")
    assert made_views.stand(client, MADE)
    client.command("ALTER TABLE rows ADD COLUMN more UInt8")
    assert not made_views.stand(client, MADE)
    made_views.replace(client, MADE)
    assert client.query("SELECT * FROM one").column_names == ("x", "more")
    assert made_views.stand(client, MADE)
