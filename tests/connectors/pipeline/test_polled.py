"""Who polls, in words."""

import pytest

from connectors.pipeline.polled import Service
from contract.instants import parse_instant

SINCE = parse_instant("2026-11-24T18:30:05Z")


@pytest.mark.parametrize(
    ("one", "said", "trouble"),
    [
        (Service("zoom", "a (pid 1)", SINCE, (), "a (pid 1)"), "polled by a (pid 1) since 2026-11-24 18:30:05 UTC", ""),
        (
            Service("zoom", "a (pid 1)", SINCE, ("b (pid 2)",), "x"),
            "polled by a (pid 1) since 2026-11-24 18:30:05 UTC; standby: b (pid 2)",
            "",
        ),
        (
            Service("zoom", "", None, (), "a (pid 1)"),
            "polled by nobody now, last by a (pid 1)",
            "nobody polls zoom; the last one was a (pid 1): start funnel connectors poll zoom, or "
            "funnel connectors retire zoom if it is not to be polled any more",
        ),
        # It was run once, and is over.
        (Service("zoom", "", None, (), ""), "polled by nobody now", ""),
        # One is about to take over.
        (Service("zoom", "", None, ("b (pid 2)",), "x"), "polled by nobody now, last by x; standby: b (pid 2)", ""),
    ],
)
def test_who_polls_and_that_nobody_does_with_the_way_out(one: Service, said: str, trouble: str) -> None:
    assert (str(one), one.trouble) == (said, trouble)
    assert one.as_json()["missing"] is bool(trouble)
    assert one.as_json()["standby"] == list(one.standbys)
