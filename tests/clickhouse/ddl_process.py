"""Runs statements on the engine with a Keeper, in a process that is thrown away: `… FOLDER PORT < statements.json`.

A line of JSON for each one: the error or what it said. What a server has to take rows from other replicas is not there:
a replicated table can be made, and stays read-only. The process might not end by itself.
"""

import json
import os
import sys
from pathlib import Path

_CONFIG = """<clickhouse>
    <users_config>{users}</users_config>
    <zookeeper><node><host>127.0.0.1</host><port>{port}</port></node></zookeeper>
    <macros><replica>ch-1</replica></macros>
</clickhouse>
"""
_USERS = """<clickhouse>
    <profiles><default/></profiles><quotas><default/></quotas>
    <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default>
    </users>
</clickhouse>
"""


def main(folder: Path, port: int) -> None:
    """Answers each statement."""
    import chdb

    config, users = folder / "engine.xml", folder / "users.xml"
    users.write_text(_USERS)
    config.write_text(_CONFIG.format(users=users, port=port))
    place = f"{folder / 'engine'}?config-file={config}"
    keeper = chdb.connect(place)
    database = ""
    for statement in json.load(sys.stdin):
        if statement.startswith("USE "):
            database = statement
        # A connection on which something failed is not used again (clickhouse/embedded/engine.py).
        connection = chdb.connect(place)
        said = None
        try:
            for one in filter(None, (database, statement)):
                said = connection.query(one, "TabSeparated").bytes().decode()
            answer = {"error": None, "said": said}
        except Exception as error:
            answer = {"error": str(error), "said": None}
        print(json.dumps(answer), flush=True)
    print("done", flush=True)
    assert keeper
    # Not by the engine's own end, which waits for what never comes.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
