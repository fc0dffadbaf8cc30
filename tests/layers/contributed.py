"""What a copy of the project does that docs/contributing.md was followed in: run in its folder, says it as JSON.

python -m tests.layers.contributed DATABASE PORT
"""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from alerts.detection.alarm import step
from alerts.detection.measurements import Counts
from alerts.detection.sentence import missing
from alerts.detection.settings import DropSettings
from alerts.messages import KINDS
from alerts.wording import title
from clickhouse.at import AT, at_parameter
from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from connectors.mapped import Context, FormRegistration, Rejection
from connectors.registry import connector
from connectors.webhook import Delivery, Refusal, Request
from contract.events import encode
from contract.instants import DAY
from funnel.report.numbers import Question, answer
from funnel.report.verify import compare
from grafana.build import rendered, rendered_alerting
from grafana.variables import opened_with
from streams.settings import Settings
from tests.alerts.detection.webinars import moment as alerting
from tests.contract_events import at, hour_long, moment, registration, stay, webinar
from tests.grafana.expand import expand
from tests.grafana.pages import panels
from tests.rows import put

PAYLOAD = Path("tests/connectors/acme/payloads/entered.json")
TOKEN = "a-token-of-acme-0123"


def of_connector() -> dict[str, Any]:
    """The webhook's delivery, published as far as bytes; and what is refused or rejected."""
    acme = connector("acme")
    assert acme.receive is not None
    acme.configured()
    context = Context("0123456789abcdef", at(1))
    believed = acme.receive(Request(PAYLOAD.read_bytes(), token=TOKEN), context)
    refused = acme.receive(Request(PAYLOAD.read_bytes(), token="guessed"), context)
    assert isinstance(believed, Delivery)
    assert isinstance(refused, Refusal)
    events = [json.loads(encode(one)) for one in believed.mapped if not isinstance(one, Rejection | FormRegistration)]
    rejected = [one for one in acme.map_payload(b"{", context) if isinstance(one, Rejection)]
    return {"events": events, "refused": refused.reason, "rejected": [one.reason for one in rejected]}


def of_measure_and_panels(config: Settings) -> dict[str, Any]:
    """One who is registered and two who are not, of whom one only opened the room; a webinar that was called off."""
    with closing(create_database(config)) as client:
        migrate(client, config)
        people = [registration(1), *stay(1, 0, 50), *stay(2, 10, 20), *stay(3, 12, 12)]
        cancelled = webinar(0, "zoom:2", title="Called off", starts_at=moment(30), status="cancelled")
        put(client, config, [*hour_long(), *people, cancelled])
        end = at(100)
        (row,) = (one for one in answer(client, Question(at=end)) if one["webinar_id"] == "zoom:1")
        mismatches = compare(client, config, end).mismatches
        page = json.loads(next(text for path, text in rendered().items() if path.endswith("today.json")))
        (panel,) = (one for one in panels(page) if one["title"] == "Cancelled")
        with closing(connect(config, user="reader")) as reader:
            asked = expand(panel["targets"][0]["rawSql"], opened_with(page), end - 7 * DAY, end)
            shown = list(reader.query(asked).named_results())
            kinds = reader.query(f"SELECT kind FROM alert_rows(at = {AT})", {"at": at_parameter(at(30))}).result_rows
    return {
        "counted": {name: row[name] for name in ("walk_ins", "unregistered_visits", "registered_visits")},
        "mismatches": list(map(str, mismatches)),
        "cancelled": [one["title"] for one in shown],
        "rules": "uid: full_room" in rendered_alerting()["rules.yaml"],
        "kinds": sorted(kind for (kind,) in kinds),
    }


def of_alert() -> dict[str, Any]:
    """A room that fills in the third minute and is left in the end."""
    settings = DropSettings.model_validate({"room_size": 100})
    full = alerting({"a": Counts(120, 100)}, 3, in_the_room=100)
    alarms, (change,) = step({}, [full], [], settings)
    said = missing(change, 120, 3)
    ended = full._replace(webinar=full.webinar._replace(ended=True))
    _, (over,) = step(alarms, [ended], [], settings)
    below = step({}, [full._replace(in_the_room=99)], [], settings)[1]
    name = title(KINDS[change.after], True, "SQL in an hour")
    return {"after": change.after, "said": said, "title": name, "over": over.after, "below": len(below)}


def main() -> None:
    database, port = sys.argv[1:]
    config = Settings(_env_file=None, clickhouse_port=int(port), clickhouse_database=database)
    said = {"connector": of_connector(), "stored": of_measure_and_panels(config), "alert": of_alert()}
    print(orjson.dumps(said).decode())


if __name__ == "__main__":
    main()
