"""Every statement of the migrations, as one node and as a cluster gets it: `python -m tests.clickhouse.goldens`.

Not needed for anything but to be read, and compared: nobody changes by accident what either of them runs.
"""

from collections.abc import Iterator
from pathlib import Path

from clickhouse.engines import rendered_for, runs_once
from clickhouse.migrate import migrations, statements
from clickhouse.stages import JOURNAL

FOLDER = Path(__file__).with_name("golden")
FILES = {"one_node.sql": "", "cluster.sql": "main"}
"""File -> cluster."""


def golden(cluster: str) -> str:
    """The text of a file."""
    said = f"the cluster {cluster}" if cluster else "one node"
    head = f"-- What {said} gets from the migrations: python -m tests.clickhouse.goldens. Then come the views.\n"
    return head + "".join(_listed(cluster))


def _listed(cluster: str) -> Iterator[str]:
    yield f"\n-- the journal{_where(JOURNAL, cluster)}\n{rendered_for(JOURNAL, cluster)};\n"
    for migration in migrations():
        for number, statement in enumerate(statements(migration.text), start=1):
            where = _where(statement, cluster)
            yield f"\n-- {migration.name}, {number}{where}\n{rendered_for(statement, cluster)};\n"


def _where(statement: str, cluster: str) -> str:
    return "" if not cluster else ": on the first node" if runs_once(statement) else ": on each node"


def main() -> None:
    """Writes the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, cluster in FILES.items():
        (FOLDER / name).write_text(golden(cluster))


if __name__ == "__main__":
    main()
