"""What webhooks ask a poll to look at. Taken out of the state at the start of a pass, and kept among the cursors until

one has looked: a pass that breaks off asks for it again. Of more than one pass takes the rest waits in the state.
"""

from collections.abc import Iterable, Mapping

import orjson

from connectors.poll import Cursors

_NAME = "woken"
_MOST = 2_000


def room(cursors: Cursors) -> int:
    """How many subjects more the next pass takes."""
    return max(0, _MOST - len(woken(cursors)))


def keep(cursors: Cursors, asked: Iterable[tuple[str, int]]) -> None:
    """Adds subjects with the moment when they were asked for, in ms UTC."""
    _put(cursors, {**woken(cursors), **dict(asked)})


def woken(cursors: Cursors) -> Mapping[str, int]:
    """What to look at in this pass: the service's own id of a webinar, and when it was asked for, in ms UTC."""
    kept = cursors.get(_NAME)
    return {str(subject): int(at) for subject, at in orjson.loads(kept).items()} if kept else {}


def looked(cursors: Cursors, at: Mapping[str, int]) -> None:
    """The pass has looked at these; what was asked for again since stays."""
    if at:
        _put(cursors, {subject: when for subject, when in woken(cursors).items() if at.get(subject) != when})


def _put(cursors: Cursors, known: Mapping[str, int]) -> None:
    cursors.put(_NAME, orjson.dumps(known).decode())
