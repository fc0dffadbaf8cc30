"""Stored rows -> the webinars in memory from which they were written. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from streams.fold import offsets, person, webinar
from streams.fold.memory import WebinarMemory
from streams.fold.row import epoch_of, fence_of


class StoredWebinar(NamedTuple):
    """The columns read from `webinars`."""

    webinar_id: str
    version: int
    state: dict[str, Any]


class StoredPerson(NamedTuple):
    """The columns read from `persons`."""

    webinar_id: str
    person_id: str
    version: int
    begin_used: int
    state: Any


def restore(
    webinar_ids: Sequence[str], webinars: Iterable[StoredWebinar], persons: Iterable[StoredPerson], epoch: int
) -> dict[str, WebinarMemory]:
    """The webinars with all their persons, from one row per key. Unknown ones come back empty and as changed, so that
    they get their own row. `epoch`: the current one; offsets of an older one belong to topics that no longer exist.
    """
    restored: dict[str, WebinarMemory] = defaultdict(WebinarMemory)
    for one in webinars:
        restored[one.webinar_id] = _webinar(one, epoch)
    for webinar_id in webinar_ids:
        if webinar_id not in restored:
            restored[webinar_id].changed = True
    for row in persons:
        memory = restored[row.webinar_id]
        memory.fence = max(memory.fence, fence_of(row.version))
        known = person.load(row.state)
        if epoch_of(row.version) < epoch:
            known.offsets = offsets.NONE
        memory.remember(row.person_id, known, row.begin_used)
    return restored


def _webinar(one: StoredWebinar, epoch: int) -> WebinarMemory:
    said = (webinar.statement(orjson.dumps(statement)) for statement in one.state["statements"])
    statements = webinar.fold(webinar.EMPTY, said)
    return WebinarMemory(
        statements=statements,
        offset=0 if epoch_of(one.version) < epoch else one.state["offset"],
        facts=webinar.facts(statements),
        fence=fence_of(one.version),
    )
