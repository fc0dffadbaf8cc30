"""That the fuse (streams/fuse.py) has blown, kept in `job_turns`, which the page Data health shows.

Whoever starts a worker again, it reads nothing before somebody has said `funnel dead-letters resume`.
"""

import time
from collections.abc import Awaitable

from clickhouse_connect.driver.client import Client

from streams.fold.lines import line
from streams.fuse import FuseBlown
from streams.jobs.job import TurnRow
from streams.settings import Settings
from streams.store import Insert, Store

JOB = "dead-letter fuse"
"""Its name in `job_turns`."""
_LATEST = """
SELECT error, ended_at, failures FROM job_turns WHERE job = {job:String} ORDER BY ended_at DESC LIMIT 1
"""


async def noted(work: Awaitable[None], store: Store) -> None:
    """Does the work; where the fuse blows, that is kept first. Raises what the work raises, and StoreGone."""
    try:
        await work
    except* FuseBlown as blown:
        await _write(store, str(blown.exceptions[0]), 1)
        raise


async def require_whole_fuse(config: Settings, store: Store) -> None:
    """Raises FuseBlown if it has blown and nobody has said to go on; and StoreGone."""
    turns = await store.query(_LATEST, {"job": JOB})
    latest = turns[0] if turns else {}
    if not latest.get("error"):
        return
    if not config.dead_letter_fuse:
        await _write(store, "", 0)
        return
    # Again, so that alerts tell it as long as workers are started in vain.
    await _write(store, latest["error"], latest["failures"] + 1)
    raise FuseBlown(latest["error"])


def resume(client: Client, now: int) -> str:
    """Lets workers read on; what had blown it, empty: it was whole. `now` in milliseconds since 1970 UTC."""
    turns = client.query(_LATEST, {"job": JOB}).result_rows
    error, ended_at, _ = turns[0] if turns else ("", 0, 0)
    if error:
        # After the last turn, even by a clock that goes behind the worker's.
        client.insert("job_turns", [[JOB, max(now, ended_at + 1), 0.0, 0, ""]], TurnRow._fields)
    return str(error)


async def _write(store: Store, error: str, failures: int) -> None:
    row = TurnRow(JOB, round(1000 * time.time()), 0.0, failures, error)
    await store.insert(Insert("job_turns", TurnRow._fields, line(row)))
