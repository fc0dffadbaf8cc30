"""What the newest probe event says to `funnel status`: whether events get from Kafka to ClickHouse now."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import NamedTuple

from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from clickhouse.at import AT, at_parameter
from clickhouse.client import Unreachable, connect
from contract.probe import OLD_SECONDS
from funnel.stack.state import ChildStatus, State
from process.clock import now
from streams.settings import Settings

_ANSWER_SECONDS = 3
_ASKED = f"SELECT age_seconds, seconds, reached, partitions FROM probe_at(at = {AT})"
_WORKER = "worker-"
_AT_WORK = (State.READY, State.FAILING)


class Probed(NamedTuple):
    """As the view probe_at has it."""

    age_seconds: float | None
    seconds: float | None
    reached: int
    partitions: int


def ask(settings: Settings) -> Probed | str:
    """The newest probe event; a text says why it is not known."""
    try:
        with closing(connect(settings, user="writer", answer_seconds=_ANSWER_SECONDS)) as client:
            found = client.query(_ASKED, parameters={"at": at_parameter(now())}).result_rows[0]
    except (Unreachable, ClickHouseError, HTTPError, OSError) as error:
        return f"not known: {' '.join(str(error).split())[:200]}"
    return Probed(*found)


def is_expected(children: Sequence[ChildStatus]) -> bool:
    """Whether there are workers and their servers, so that probe events can get through. Pure."""
    states = {child.name: child.state for child in children}
    workers = [state for name, state in states.items() if name.startswith(_WORKER)]
    return any(state in _AT_WORK for state in workers) and states.get("clickhouse", State.READY) in _AT_WORK


def said(probed: Probed | str) -> str:
    """The line of `funnel status`. Pure."""
    if isinstance(probed, str):
        return probed
    if probed.age_seconds is None or probed.seconds is None:
        return "none has got through yet"
    where = "" if probed.reached == probed.partitions else f", in {probed.reached} of {probed.partitions} partitions"
    return f"sent {probed.age_seconds:.0f} s ago, queryable after {probed.seconds:.2f} s{where}"


def as_json(probed: Probed | str) -> dict[str, float | None] | None:
    """For programs; None: not known. Pure."""
    return None if isinstance(probed, str) else dict(probed._asdict())


def trouble(probed: Probed | str, children: Sequence[ChildStatus], at: datetime) -> str:
    """What is wrong, in one line; empty: nothing, or the workers have not had the time yet. Pure."""
    if isinstance(probed, str):
        return f"the probe event is {probed}"
    workers = [child for child in children if child.name.startswith(_WORKER)]
    # Not by how long it is ready: one that fails now and then would never be asked.
    if any(child.state not in _AT_WORK or _age(child, at) < OLD_SECONDS for child in workers):
        return ""
    way = "see the processes above, and funnel logs"
    if probed.age_seconds is None:
        return f"no probe event has got from Kafka to ClickHouse yet: {way}"
    if probed.age_seconds > OLD_SECONDS:
        return f"no probe event has got from Kafka to ClickHouse for {probed.age_seconds:.0f} s: {way}"
    if probed.reached < probed.partitions:
        return f"probe events get through in {probed.reached} of {probed.partitions} partitions only: {way}"
    return ""


def _age(child: ChildStatus, at: datetime) -> float:
    """For how many seconds its process has run."""
    return at.timestamp() - (child.created or at.timestamp())
