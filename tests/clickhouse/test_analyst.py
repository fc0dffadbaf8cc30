"""The user of people who ask in SQL, and the views that stay as docs/sql.md names them."""

import re

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from clickhouse.at import AT, at_parameter
from clickhouse.client import connect
from contract.instants import DAY
from streams.settings import Settings
from tests.contract_events import at
from tests.layers.sources import ROOT

TEXT = (ROOT / "docs/sql.md").read_text().split("## For analysts")[1].split("\n## ")[0]
STABLE: dict[str, list[str]] = {
    view: re.findall(r"`(\w+)`", columns)
    for view, columns in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", TEXT, re.M)
}
"""View -> the columns that stay."""


def test_an_analyst_reads_the_stable_views_and_changes_nothing(config: Settings) -> None:
    client = connect(config, user="analyst")
    assert STABLE.keys() == {"funnel", "funnel_by_source", "watching_at", "source_names"}
    for view, columns in STABLE.items():
        called = view if view == "source_names" else f"{view}(at = {AT})"
        client.query(f"SELECT {', '.join(columns)} FROM {called}", parameters={"at": at_parameter(at(0) + DAY)})
    for refused in ("SELECT event FROM events", "TRUNCATE TABLE persons", "INSERT INTO notes SELECT * FROM notes"):
        with pytest.raises(DatabaseError, match=r"(?i)not enough privileges|readonly"):
            client.command(refused)
    client.close()


@pytest.mark.parametrize("statement", re.findall(r"```sql\n(.*?)```", TEXT, re.S))
def test_the_examples_run(config: Settings, statement: str) -> None:
    client = connect(config, user="analyst")
    client.query(statement)
    client.close()
