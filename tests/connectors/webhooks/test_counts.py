"""What is told is of the present minute; what is shown is since the start."""

from connectors.webhooks.counts import Counts
from contract.instants import MINUTE

BEGAN = 1_795_348_800_000


def test_a_report_is_of_its_minute() -> None:
    counts = Counts("server-1")
    counts.accept("zoom", BEGAN)
    counts.accept("zoom", BEGAN + MINUTE - 1)
    counts.refuse("zoom", "signature", BEGAN)
    first = counts.health("zoom", 7, BEGAN + MINUTE - 1)
    assert (first.accepted, first.refused, first.spooled, first.at) == (2, 1, 7, BEGAN + MINUTE - 1)
    counts.accept("zoom", BEGAN + MINUTE)
    second = counts.health("zoom", 0, BEGAN + MINUTE)
    assert (second.accepted, second.refused) == (1, 0)
    assert first.report_id != second.report_id


def test_what_was_counted_since_the_start_stays() -> None:
    counts = Counts("server-1")
    counts.accept("zoom", BEGAN)
    counts.refuse("zoom", "signature", BEGAN)
    counts.refuse("zoom", "stale", BEGAN + MINUTE)
    assert counts.accepted == {"zoom": 1}
    assert counts.refused == {("zoom", "signature"): 1, ("zoom", "stale"): 1}


def test_processes_and_services_have_reports_of_their_own() -> None:
    reports = [Counts(server).health(service, 0, BEGAN) for server in "ab" for service in ("zoom", "tilda")]
    assert len({(one.connector, one.report_id) for one in reports}) == 4
