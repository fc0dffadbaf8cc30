"""The days around now: what the kept demo shows."""

import json
from datetime import datetime, timedelta

import pytest

from connectors.simulator.day import Delivery
from connectors.simulator.history import history
from connectors.simulator.present import LONDON, present
from contract.instants import DAY, HOUR, MINUTE, parse_instant

NOW = parse_instant("2026-07-22T00:00:00.000Z")


@pytest.mark.parametrize("time_of_day", [0, 11 * HOUR + 7 * MINUTE, DAY - 1])
def test_one_webinar_is_on_for_half_an_hour_more_two_were_yesterday_and_three_will_be(time_of_day: int) -> None:
    now = NOW + time_of_day
    around = present(now, seed=7)
    assert 15 * MINUTE <= now - around.live.starts_at < 30 * MINUTE
    assert around.live.ended_at - now > 30 * MINUTE
    yesterday = datetime.fromtimestamp(now / 1000, LONDON).date() - timedelta(days=1)
    dates = [datetime.fromtimestamp(one.starts_at / 1000, LONDON).date() for one in around.over]
    assert dates.count(yesterday) == 2
    assert all(one.ended_at < now for one in around.over)
    assert len(around.upcoming) == 3
    assert all(now < one.starts_at < now + 7 * DAY for one in around.upcoming)
    webinars = [*around.over, around.live, *around.upcoming]
    before = history(now // DAY * DAY - 2 * DAY + 18 * HOUR, seed=7).webinar_ids
    assert len({one.webinar_id for one in webinars} | {*before}) == len(webinars) + len(before)


def test_until_now_it_is_there_and_the_rest_comes_in_time() -> None:
    now = NOW + 13 * HOUR
    around = present(now, seed=7)
    values = [json.loads(one.value) for one in around.past if isinstance(one, Delivery)]
    assert all(parse_instant(one["occurred_at"]) <= now for one in values)
    joined = [one for one in values if one["webinar_id"] == around.live.webinar_id and one.get("kind") == "joined"]
    assert len(joined) > 50
    for webinar in around.upcoming:
        said = [one for one in values if one["webinar_id"] == webinar.webinar_id and one["type"] == "registration"]
        assert len(said) > 5
    assert around.coming[0].at > now
    coming = [json.loads(one.value) for one in around.coming if isinstance(one, Delivery)]
    ended = [one for one in coming if one.get("status") == "ended" and one["webinar_id"] == around.live.webinar_id]
    assert ended
    assert sum(one.get("kind") == "left" for one in coming) > 50
    assert around == present(now, seed=7)
