"""What is written for dashboards, and what a new process finds of the one before."""

from alerts.detection.alarm import Alarm, Trace
from alerts.detection.findings import Segment
from alerts.evaluate import Stored
from alerts.messages import Unusual
from alerts.store import AlertStore
from contract.instants import FAR_FUTURE
from tests.alerts.conftest import Database


def test_alarms_and_findings_are_found_again(quiet: Database) -> None:
    store = AlertStore(quiet.client)
    trace = ((Segment("zoom:1", "total", ""), "visits"), Trace(found=0, calm=1, on=True))
    stored = {"zoom:1": Stored(Alarm("drop", (trace,)), 5), "zoom:2": Stored(Alarm(), 6)}
    store.write_stored({}, stored, 7)
    assert AlertStore(quiet.client).stored() == stored
    store.write_stored(stored, {"zoom:2": stored["zoom:2"]}, 8)
    assert AlertStore(quiet.client).stored() == {"zoom:2": stored["zoom:2"]}

    row = Unusual("zoom:1|drop|5", "zoom:1", "drop", "visits", 5, FAR_FUTURE, 0.3, 0.4, "Fewer came", "{}")
    store.write_unusual([row])
    assert store.unusual() == {row.finding_id: row}
    store.write_unusual([row._replace(until=9)])
    assert store.unusual() == {}
