"""While a webinar is on, its funnel is written down as it is known at the moment."""

import pytest

from contract.instants import MINUTE
from tests.contract_events import attendance, moment, registration, webinar
from tests.e2e.stack import Stack
from tests.e2e.timing import now
from tests.waiting import until

pytestmark = pytest.mark.kafka

_SNAPSHOTS = """
SELECT DISTINCT source_group, registrations, visits_all, visits
FROM funnel_snapshots FINAL
WHERE webinar_id = {id:String} AND taken_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
"""


def test_a_live_webinar_leaves_snapshots_and_one_that_is_over_none(stack: Stack, webinar_id: str) -> None:
    over = f"{webinar_id}-over"
    stack.publish([*_webinar(over, source="news"), webinar(59, over, ended_at=moment(1), status="ended")])
    stack.publish(_webinar(webinar_id, source="vk"), begin=now() - 10 * MINUTE)
    stack.wait_until_handled()
    since = now()
    expected = {"source_group": "vk", "registrations": 1, "visits_all": 1, "visits": 1}
    until(lambda: expected in stack.rows(_SNAPSHOTS, id=webinar_id, since=since), "a snapshot says what is known")
    assert not stack.rows(_SNAPSHOTS, id=over, since=0)


def _webinar(webinar_id: str, source: str) -> list[dict[str, object]]:
    return [
        webinar(-600, webinar_id, starts_at=moment(0), duration_seconds=3600),
        registration(1, webinar_id=webinar_id, source={"utm_source": source}),
        attendance(1, "joined", 1, webinar_id),
    ]
