"""How long one evaluation of many segments takes."""

import time
from typing import Any

import numpy as np

from alerts.detection.detect import judge
from alerts.detection.measurements import METRICS, Counts, Moment, Webinar
from alerts.detection.peers import History, peer_group
from alerts.detection.settings import DropSettings
from bench.drops.world import SOURCES
from contract.instants import DAY, HOUR, MINUTE

WEBINARS = 30
"""Earlier webinars of each segment."""


def seconds_for_segments(segments: int) -> dict[str, Any]:
    """Times the whole evaluation: choosing peers, the arrays, all four conversions, the tests, the verdicts."""
    random = np.random.default_rng(7)
    settings = DropSettings()
    series = segments // (len(SOURCES) + 1)
    history: dict[str, dict[str, Counts]] = {}
    webinars = []
    for one in range(series):
        for age in range(WEBINARS + 1):
            webinar = Webinar(f"s:{one}:{age}", (100 - age) * DAY, "s", f"c{one}", "r", "en", "live", 1 + age % 7, 18)
            webinars.append(webinar._replace(ended=age > 0, final=age > 0))
            history[webinar.webinar_id] = {group: _counts(random) for group in SOURCES}
    judged = [one for one in webinars if not one.ended]
    moments = [
        Moment(one, HOUR - MINUTE, history[one.webinar_id], {key: history[key] for key in _keys(one.webinar_id)})
        for one in judged
    ]
    begin = time.perf_counter()
    index = History(webinars)
    baseline = {one.webinar_id: peer_group(one, index, settings) for one in judged}
    chosen = time.perf_counter()
    findings = judge(moments, baseline, settings)
    end = time.perf_counter()
    tested = {one.segment for one in findings}
    return {
        "segments": len(tested),
        "tests": len(findings),
        "seconds_to_choose_peers": round(chosen - begin, 3),
        "seconds": round(end - begin, 3),
    }


def _keys(webinar_id: str) -> list[str]:
    return [f"{webinar_id[:-2]}:{age}" for age in range(1, WEBINARS + 1)]


def _counts(random: np.random.Generator) -> Counts:
    people = int(random.integers(40, 200))
    came = int(random.binomial(people, 0.42))
    return Counts(people, came, *(int(came * 0.9**step) for step in range(1, len(METRICS))))
