"""Form services at the real webhook server, while Kafka is away: tried, taken, refused, held."""

from pathlib import Path

import httpx
import orjson

from connectors.pipeline import spool
from connectors.pipeline.quarantine import payload_of, quarantined
from connectors.pipeline.state import State
from connectors.toolkit.signing import hmac_text
from funnel.stack.ports import free_port
from process.clock import now
from tests.connectors.webhooks.running import Running, running_server

PAYLOADS = Path(__file__).parent / "payloads"
TOKEN, KEY = "a-long-random-token", "a-long-signing-key"
SECRETS = {
    "FUNNEL_GENERIC_SECRETS__JOTFORM": TOKEN,
    "FUNNEL_GENERIC_SECRETS__FACEBOOK_LEADS": TOKEN,
    "FUNNEL_GENERIC_SECRETS__CALENDLY": KEY,
}


def test_form_services_are_tried_taken_and_refused(tmp_path: Path) -> None:
    (tmp_path / "business").mkdir()
    (tmp_path / "business" / "forms.yaml").write_text("forms: [{service: generic, webinar: 'zoom:1'}]\n")
    with running_server(tmp_path, f"127.0.0.1:{free_port()}", "connectors.webhooks", SECRETS) as server:
        _tried(server)
        jotform = (PAYLOADS / "jotform.txt").read_bytes()
        assert server.post(jotform, {}, f"/webhooks/generic/jotform.{TOKEN}").status_code == 200
        assert server.post(jotform[:-60], {}, f"/webhooks/generic/jotform.{TOKEN}").status_code == 200
        assert server.post(jotform, {}, "/webhooks/generic/jotform.wrong").json() == {"refused": "token"}
        _signed(server)
    with State(tmp_path / "data") as state:
        said = [orjson.loads(one.value) for one in spool.first(state, 100)[1]]
        assert [one["webinar_id"] for one in said if one.get("type") == "registration"] == ["zoom:1", "zoom:1"]
        (kept,) = quarantined(state, 10)
        assert (kept.reason, kept.detail) == ("unreadable", "body: the body is multipart, but cut off or broken")
        assert payload_of(state, kept.id) == jotform[:-60]


def _tried(server: Running) -> None:
    def get(path: str) -> httpx.Response:
        return httpx.get(f"{server.url}/webhooks/{path}", timeout=30)

    verified = get(f"generic/facebook_leads?hub.mode=subscribe&hub.challenge=115&hub.verify_token={TOKEN}")
    assert (verified.status_code, verified.text) == (200, "115")
    assert verified.headers["content-type"].startswith("text/plain")
    assert get(f"generic/jotform.{TOKEN}").status_code == 200
    assert get("generic/jotform.wrong").status_code == 401
    assert get("zoom").status_code == 405


def _signed(server: Running) -> None:
    body, second = (PAYLOADS / "calendly.txt").read_bytes(), str(now() // 1000)
    header = f"t={second},v1={hmac_text(KEY, second.encode() + b'.' + body)}"
    answers = [
        server.post(body, {"Calendly-Webhook-Signature": said}, "/webhooks/generic/calendly")
        for said in (header, header, header.replace("t=", "t=9"), header.replace(second, "1700000000"))
    ]
    assert [one.status_code for one in answers] == [200, 409, 401, 401]
