"""When a conference is read again."""

import pytest

from connectors.bigmarker.schedule import Times, is_due
from contract.instants import DAY, HOUR, MINUTE

BEGIN = 100 * DAY
END = BEGIN + HOUR


def due(now: int, read_at: int | None, *, completed: bool = False, changed: bool = False, woken_at: int = 0) -> bool:
    return is_due(Times(BEGIN, END, read_at, woken_at), now, changed=changed, completed=completed)


@pytest.mark.parametrize(
    ("now", "since_read", "completed", "expected"),
    [
        (BEGIN - 3 * DAY, 5 * MINUTE, False, False),
        (BEGIN - 3 * DAY, HOUR, False, True),
        (BEGIN - HOUR, MINUTE, False, True),
        (BEGIN + MINUTE, MINUTE, False, True),
        (END + HOUR, MINUTE, False, True),
        (END + HOUR, MINUTE, True, False),
        (END + 2 * DAY, MINUTE, False, False),
        (END + 2 * DAY, 6 * HOUR, False, True),
        (END + 2 * DAY, 6 * HOUR, True, True),
    ],
)
def test_what_is_on_is_read_with_every_pass_and_the_rest_seldom(
    now: int, since_read: int, completed: bool, expected: bool
) -> None:
    assert due(now, now - since_read, completed=completed) is expected


def test_what_is_new_or_changed_or_woken_is_read_at_once() -> None:
    now = BEGIN - 3 * DAY
    assert due(now, None)
    assert due(now, now - MINUTE, changed=True)
    assert due(now, now - MINUTE, woken_at=now)
    assert not due(now, now - MINUTE, woken_at=now - HOUR)


def test_a_conference_without_times_is_read_every_hour() -> None:
    for since, expected in ((MINUTE, False), (HOUR, True)):
        assert is_due(Times(None, None, BEGIN - since, 0), BEGIN, changed=False, completed=False) is expected
