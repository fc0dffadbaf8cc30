"""Jobs beside the stream of events: what fails there is said, and no worker dies of it."""

from collections.abc import Iterator

import pytest

from streams.app import SETTLE_EVERY_SECONDS
from tests.contract_events import Event, hour_long, registration, stay
from tests.faults.installed.case import SAID_SECONDS, Case
from tests.faults.installed.installation import SLOWNESS, wait
from tests.faults.installed.test_refused_inserts import REFUSALS

pytestmark = pytest.mark.faults

_REFUSAL = REFUSALS["a violated CHECK"]
_TRY_AGAIN_SECONDS = 60.0 * SLOWNESS
_ENDED, _MORE = 30, 10


def test_a_job_always_fails(case: Case) -> None:
    """The courses of ended webinars cannot be written: the timer's next turn fails, and all those after it."""
    restarts = _restarts(case)
    with case.flowing():
        case.installation.alter(*(one.format(table="ended_timelines") for one in _REFUSAL.do))
        try:
            case.says("failing", "timelines", "ended_timelines", within=SETTLE_EVERY_SECONDS + SAID_SECONDS)
        finally:
            case.installation.alter(*_REFUSAL.undo)
        if _restarts(case) != restarts:
            case.object("a worker died of it")


@pytest.mark.long
def test_thirty_webinars_have_ended_then_ten_more_one_by_one(case: Case) -> None:
    """With excluded domains changed meanwhile (a worker died of that: its engine swapped the sides of a join)."""
    restarts = _restarts(case)
    case.publish(event for number in range(_ENDED) for event in _ended(case, number))
    _wait_for_timelines(case, _ENDED)
    for number in range(_ENDED, _ENDED + _MORE):
        rules = "".join(f"  - company-{one}.example\n" for one in range(number - _ENDED + 1))
        (case.installation.business / "exclusions.yaml").write_text(f"domains:\n{rules}")
        case.publish(_ended(case, number))
        _wait_for_timelines(case, number + 1)
    if _restarts(case) != restarts:
        case.object("a worker died of it")
    case.judge()


def _ended(case: Case, number: int) -> Iterator[Event]:
    webinar_id = f"zoom:{case.sender.name}-{number}"
    yield from hour_long(webinar_id)
    for person in range(3):
        yield registration(person, webinar_id=webinar_id)
        yield from stay(person, 0, 40, webinar_id)


def _wait_for_timelines(case: Case, count: int) -> None:
    like = f"zoom:{case.sender.name}-"
    asked = f"SELECT uniqExact(webinar_id) FROM ended_timelines WHERE startsWith(webinar_id, '{like}')"
    seconds = SETTLE_EVERY_SECONDS + _TRY_AGAIN_SECONDS
    if wait(lambda: case.installation.rows(asked)[0][0] >= count, seconds) is None:
        case.object(f"not {count} webinars have their course after {seconds:g} s")


def _restarts(case: Case) -> dict[str, int]:
    children = case.installation.children()
    return {name: child["restarts"] for name, child in children.items() if name.startswith("worker")}
