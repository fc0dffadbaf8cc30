"""Subjects that webhooks ask a poll to read.

They are taken out of the state at the start of a pass, and stored among the cursors until a pass has read them, so an
interrupted pass is repeated. If there are more than one pass takes, the rest waits in the state.
"""

from collections.abc import Iterable, Mapping

import orjson

from connectors.poll import Cursors

_NAME = "woken"
_MOST = 2_000


def room(cursors: Cursors) -> int:
    """How many more subjects the next pass takes."""
    return max(0, _MOST - len(woken(cursors)))


def keep(cursors: Cursors, asked: Iterable[tuple[str, int]]) -> None:
    """Adds subjects with the time of the request, in ms since 1970 UTC."""
    _put(cursors, {**woken(cursors), **dict(asked)})


def woken(cursors: Cursors) -> Mapping[str, int]:
    """What to read in this pass: the service's own id of a webinar, and the time of the request (ms since 1970 UTC)."""
    kept = cursors.get(_NAME)
    return {str(subject): int(at) for subject, at in orjson.loads(kept).items()} if kept else {}


def looked(cursors: Cursors, at: Mapping[str, int]) -> None:
    """Removes what the pass has read; subjects requested again since then stay."""
    if at:
        _put(cursors, {subject: when for subject, when in woken(cursors).items() if at.get(subject) != when})


def _put(cursors: Cursors, known: Mapping[str, int]) -> None:
    cursors.put(_NAME, orjson.dumps(known).decode())
