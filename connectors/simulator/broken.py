"""Records that are dead letters, one of every kind of the contract ("A dead letter is"). Pure."""

import orjson

from contract.decode import Reason
from contract.instants import DAY, format_instant

_PERSON = "p_" + "0" * 32


def broken_records(webinar_id: str, at: int) -> dict[Reason, bytes]:
    """One record of every kind, all for webinar.attendance.v1, as a faulty sender would write them at `at`."""
    good: dict[str, object] = {
        "type": "attendance",
        "kind": "joined",
        "event_id": f"broken:{webinar_id}:{at}",
        "webinar_id": webinar_id,
        "platform": "sim",
        "person_id": _PERSON,
        "session_id": "broken",
        "occurred_at": format_instant(at),
        "received_at": format_instant(at),
        "schema_version": 1,
    }
    without_session = {field: value for field, value in good.items() if field != "session_id"}
    return {
        Reason.NOT_JSON: orjson.dumps(good)[:-20],
        Reason.UNKNOWN_VALUE: orjson.dumps({**good, "kind": "waved"}),
        Reason.MISSING_FIELD: orjson.dumps(without_session),
        Reason.WRONG_FORM: orjson.dumps({**good, "person_id": "somebody"}),
        Reason.TIME_OUT_OF_RANGE: orjson.dumps({**good, "occurred_at": format_instant(at + 400 * DAY)}),
    }
