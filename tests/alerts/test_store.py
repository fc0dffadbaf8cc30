"""What is written for dashboards, and what a new process finds of the one before."""

from alerts.baselines import baseline_rows
from alerts.detection.alarm import Alarm, Trace
from alerts.detection.detect import Segment
from alerts.detection.settings import DropSettings
from alerts.evaluate import Stored
from alerts.known import plan
from alerts.messages import Unusual
from alerts.read import Reader
from alerts.store import AlertStore
from contract.instants import FAR_FUTURE, MINUTE
from tests.alerts import world
from tests.alerts.conftest import Database

SETTINGS = DropSettings()


def test_what_is_usual_is_written_once_while_it_stays_so(quiet: Database) -> None:
    reader, store = Reader(quiet.client), AlertStore(quiet.client)
    at = world.T0 + 20 * MINUTE
    planned = plan(reader.held(at).values(), at, SETTINGS, 14)
    rows = baseline_rows(planned.peers, reader.finals(at), SETTINGS)
    assert store.write_baselines(rows) == len(rows)
    assert store.write_baselines(rows) == 0
    row = quiet.client.query(
        "SELECT n, registrations, registrations_low, registrations_high, round(conversion, 3), conversion_30m"
        " FROM usual WHERE webinar_id = 'zoom:today'"
    ).result_rows[0]
    assert tuple(row)[:5] == (world.DAYS, 100, 100, 100, 0.44)
    low, rate, high = quiet.client.query(
        "SELECT conversion_low, conversion, conversion_high FROM usual WHERE webinar_id = 'zoom:today'"
    ).result_rows[0]
    assert 0.3 < low < rate < high < 0.6


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
