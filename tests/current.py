"""What is kept of the present beside the views, for tests."""

from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.at import at_parameter

PAIRS = {
    "numbers_now": "numbers_at",
    "webinar_list_now": "webinar_list",
    "on_now_list_now": "on_now_list",
    "rooms_now": "rooms_at",
    "timelines_now": "timelines_at",
    "watching_now": "watching_at",
    "raw_sources_now": "raw_sources_at",
    "baselines_now_now": "baselines_now_at",
    "registered_lately_now": "registered_lately_at",
    "funnel_now": "funnel",
    "funnel_by_source_now": "funnel_by_source",
}
"""View of what is kept -> the view that computes it."""
OF_PEOPLE = ("numbers_of_people", "raw_sources_of_people")
"""The same of new or returning people, without their endings."""
_AT = "at = {at:DateTime64(3, 'UTC')}"


def different(client: Client, kept: str, at: int | None = None, webinar_ids: list[str] | None = None) -> list[Any]:
    """The rows that only one of both has, each with which: of the columns that the kept one has.

    `at`: ms; None: when it was made.
    """
    parameters: dict[str, Any] = {"at": at_parameter(at) if at is not None else _made_at(client)}
    named = client.query(f"DESCRIBE TABLE {kept}({_AT})", parameters=parameters).result_rows
    columns = ", ".join(sorted(name for name, *_ in named))
    where = "" if webinar_ids is None else " WHERE webinar_id IN {webinar_ids:Array(String)}"
    found = {
        view: [
            _plain(row)
            for row in client.query(
                f"SELECT {columns} FROM {view}({_AT}){where}",
                parameters={**parameters, "webinar_ids": webinar_ids or []},
            ).result_rows
        ]
        for view in (kept, PAIRS[kept])
    }
    kept_rows, computed = found.values()
    return [("kept", row) for row in kept_rows if row not in computed] + [
        ("computed", row) for row in computed if row not in kept_rows
    ]


def _plain(row: Any) -> Any:
    """Whether true is a 1 is no difference."""
    return int(row) if isinstance(row, bool) else tuple(map(_plain, row)) if isinstance(row, list | tuple) else row


def different_of_people(client: Client, name: str, people: str) -> list[Any]:
    """The same of new or of returning people, by what was kept last."""
    parameters = {"at": _made_at(client), "people": people, "never": 9999999999999}
    asked = f"{name}_now({_AT}, people = {{people:String}})"
    named = client.query(f"DESCRIBE TABLE {asked}", parameters=parameters).result_rows
    columns = ", ".join(column for column, *_ in named)
    kept = client.query(f"SELECT {columns} FROM {asked}", parameters=parameters)
    computed = client.query(
        f"SELECT {columns} FROM {name}_at({_AT}, people = {{people:String}}, since = 0, until = {{never:Int64}})",
        parameters=parameters,
    )
    rows = [[_plain(row) for row in one.result_rows] for one in (kept, computed)]
    return [("kept", row) for row in rows[0] if row not in rows[1]] + [
        ("computed", row) for row in rows[1] if row not in rows[0]
    ]


def _made_at(client: Client) -> str:
    (moment,) = client.query("SELECT toString(max(made_at)) FROM current_turns WHERE id = 1").result_rows[0]
    return str(moment)
