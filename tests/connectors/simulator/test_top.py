"""The simulated day has the steps before the registration, and nothing else of it changes by them."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.simulator.day import records
from connectors.simulator.scenario import Scenario
from connectors.simulator.top import top_of
from connectors.simulator.webinars import webinars_of
from contract.instants import parse_instant
from funnel.report import oracle

SCENARIO = Scenario(parse_instant("2026-11-20T18:00:00Z"), registrants=60, broken_records=False)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def said() -> list[dict[str, Any]]:
    return [orjson.loads(arrival.value) for arrival in records(SCENARIO, 7)]


def test_every_announced_webinar_has_them_read_again_and_again(said: list[dict[str, Any]]) -> None:
    readings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in {one["event_id"]: one for one in said if one["type"] == "totals"}.values():
        readings[one["webinar_id"]].append(one)
    assert readings.keys() == {one.webinar_id for one in webinars_of(SCENARIO, 7) if one.announced}
    for of in readings.values():
        of.sort(key=lambda one: str(one["reported_at"]))
        views = [one["page_views"] for one in of]
        assert views == sorted(set(views))
        for one in of:
            assert one["invited"] > one["page_views"] > 0
            assert 0 < sum(source["page_views"] for source in one["page_views_by_source"]) <= one["page_views"]


def test_they_stand_above_the_registered_in_the_numbers(said: list[dict[str, Any]]) -> None:
    main = webinars_of(SCENARIO, 7)[0]
    events = [orjson.dumps(one) for one in said if one["webinar_id"] == main.webinar_id]
    (row,) = oracle.numbers(events, NOW, oracle.Rules())
    assert row["invited"] > row["page_views"] > row["registrations"] > row["visits"] > 0
    (early,) = oracle.numbers(events, NOW - timedelta(days=3), oracle.Rules())
    assert 0 < early["page_views"] < row["page_views"]


def test_who_is_not_announced_has_none() -> None:
    assert [one.webinar_id for one in webinars_of(SCENARIO, 7) if not top_of(one)] == [
        "sim:20261120T1800-7-unannounced"
    ]
