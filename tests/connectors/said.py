"""What an event or a rejection says, as a line that people can work out by hand (`expected.txt` of the cases)."""

from collections.abc import Mapping

from connectors.toolkit.rows import RowRejection
from contract.events import Event
from contract.source import default_group, source_key

_SHOWN = ("starts_at", "started_at", "ended_at", "duration_seconds", "total_seconds")


def line_of(one: Event | RowRejection, names: Mapping[str, str], shown: tuple[str, ...] = _SHOWN) -> str:
    """Who, what, when in UTC, what it says; `! …` is a rejection. `names`: person_id -> name."""
    if isinstance(one, RowRejection):
        return f"! line {one.line}: {one.field}: {one.reason}"
    said = one.model_dump(mode="json", exclude_none=True)
    who = names.get(said.get("person_id", ""), said.get("person_id", "")[:2] or one.webinar_id)
    what = " ".join(str(said[name]) for name in ("type", "kind", "status", "role") if name in said)
    more = [f"{name}={_plain(said[name])}" for name in shown if name in said]
    if one.type == "registration" and one.source is not None:
        more.append(f"group={default_group(source_key(one.source))}")
    return " ".join([who, what, _plain(said["occurred_at"]), *more])


def _plain(value: object) -> str:
    return str(value).replace(".000Z", "Z")
