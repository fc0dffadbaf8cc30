"""Cursors and wake-ups of earlier releases, in the state of one machine: they move to Kafka once, and are then used
from there. Whatever Kafka has already stays: it is as new or newer.
"""

from connectors.pipeline.shared_cursors import SharedCursors
from connectors.pipeline.state import State
from connectors.toolkit import wakes

_PAGE = 500


def adopt(state: State, cursors: SharedCursors, connector: str) -> int:
    """Returns how many cursors moved. It may end at any point, and goes on the next time. Raises PublishError."""
    moved = 0
    while page := state.rows("SELECT name, value FROM cursors WHERE connector = ? LIMIT ?", connector, _PAGE):
        missing = set(cursors.missing(name for name, _ in page))
        cursors.put_all({name: value for name, value in page if name in missing})
        state.change_each(
            "DELETE FROM cursors WHERE connector = ? AND name = ?", [(connector, name) for name, _ in page]
        )
        moved += len(missing)
    if asked := state.rows("SELECT subject, at FROM wakes WHERE connector = ?", connector):
        wakes.keep(cursors, asked)
        state.change("DELETE FROM wakes WHERE connector = ?", connector)
    return moved
