"""Ten form services through the real webhook server: the report beside numbers worked out by hand."""

import base64
import hashlib
import hmac
import re
from pathlib import Path

import pytest

from connectors.generic.load import READY
from connectors.pipeline.publish import Publisher
from connectors.toolkit.content_id import event_of
from connectors.toolkit.identity import person_of_email
from connectors.toolkit.signing import hmac_text
from funnel.report.numbers import Question, Row, by_webinar_and_source
from process.clock import now
from tests.connectors.webhooks.running import Running, running_server
from tests.e2e.stack import Stack
from tests.waiting import until

pytestmark = pytest.mark.kafka

PAYLOADS = Path(__file__).parents[1] / "connectors" / "generic" / "payloads"
SERVICES = sorted(path.stem for path in READY.glob("*.yaml"))
WEBINAR, SECRET, HASH_SECRET = "zoom:81200099", "a-long-random-secret", "0123456789abcdef"
# They registered on 10 November; two forms do not say when, so they came today, after the webinar.
BEGIN, LATER = "2026-11-20T18:00:00.000Z", ("jotform", "elementor")
STAYED = {"tally": "18:40", "facebook_leads": "18:03", "elementor": "18:40"}


def test_ten_form_services_give_the_numbers_worked_out_by_hand(stack: Stack, tmp_path: Path) -> None:
    """Ten register: two too late, two cancel, six are left: four by the newsletter, one by Facebook, one does not say.

    Of the six Tally's stays 40 minutes and Facebook's 3. Elementor's stays 40, and registers after the end: a walk-in.
    """
    assert len(SERVICES) == 10
    (tmp_path / "business").mkdir()
    (tmp_path / "business" / "forms.yaml").write_text(f"forms: [{{service: generic, webinar: '{WEBINAR}'}}]\n")
    secrets = {f"FUNNEL_GENERIC_SECRETS__{name.upper()}": SECRET for name in SERVICES}
    with running_server(tmp_path, stack.config.kafka_bootstrap, "connectors.webhooks", secrets) as server:
        for payload in (*SERVICES, "calendly-cancelled", "mailchimp-unsubscribe"):
            assert _post(server, payload) == 200, payload
    _attend(stack)
    row = until(lambda: _counted(stack), "all ten have arrived")
    told = ("registrations", "registered_later", "visits_all", "visits", "visits_5m", "visits_30m", "walk_ins")
    assert [row[name] for name in told] == [6, 2, 3, 3, 2, 2, 1]
    assert [row[f"registered_visits{bucket}"] for bucket in ("", "_5m", "_30m")] == [2, 1, 1]
    assert row["conversion"] == pytest.approx(2 / 6)
    with stack.reader() as client:
        rows = by_webinar_and_source(client, Question(at=now(), webinar_ids=(WEBINAR,)))
    assert {one["source_group"]: (one["registrations"], one["registered_visits"]) for one in rows} == {
        "newsletter": (4, 1),
        "facebook": (1, 1),
        "No source given": (1, 0),
    }


def _post(server: Running, payload: str) -> int:
    """As its service would send it, each about a person of its own."""
    name = payload.partition("-")[0]
    body = (PAYLOADS / f"{payload}.txt").read_bytes()
    body = re.sub(rb"(?i)\bann(?=@|%40)", name.replace("_", "-").encode(), body)
    path, headers = f"/webhooks/generic/{name}.{SECRET}", {}
    if name == "tally":
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        path, headers = "/webhooks/generic/tally", {"Tally-Signature": base64.b64encode(digest).decode()}
    if name == "calendly":
        second = str(now() // 1000)
        signature = f"t={second},v1={hmac_text(SECRET, second.encode() + b'.' + body)}"
        path, headers = "/webhooks/generic/calendly", {"Calendly-Webhook-Signature": signature}
    return server.post(body, headers, path).status_code


def _attend(stack: Stack) -> None:
    about = {"webinar_id": WEBINAR, "platform": "zoom", "occurred_at": BEGIN}
    ended = {"status": "ended", "started_at": BEGIN, "ended_at": "2026-11-20T19:00:00.000Z", "duration_seconds": 3600}
    events: list[dict[str, object]] = [{**about, "type": "webinar", **ended, "occurred_at": ended["ended_at"]}]
    for name, left in STAYED.items():
        who = person_of_email(f"{name.replace('_', '-')}@example.com", HASH_SECRET)
        stay = {**about, **who, "type": "attendance", "session_id": name}
        events += [{**stay, "kind": "joined"}, {**stay, "kind": "left", "occurred_at": f"2026-11-20T{left}:00.000Z"}]
    with Publisher(stack.config) as publisher:
        for one in events:
            publisher.send(event_of(one, now(), "test"))


def _counted(stack: Stack) -> Row:
    row = stack.report(WEBINAR, now())
    return row if row and row["registrations"] == 6 and row["registered_later"] == 2 and row["visits_all"] == 3 else {}
