"""Signatures as form services make them, and how an address is tried."""

import pytest

from connectors.generic.describe import Description
from connectors.generic.load import READY, describe, load
from connectors.generic.webhook import receive
from connectors.toolkit.signing import hmac_text
from connectors.webhook import Delivery, Refusal, Request
from contract.instants import MINUTE, SECOND
from tests.connectors.any_json import CONTEXT, NOW

SECRET = "example-signing-secret"
BODY = b'{"email": "ann@example.com"}'
ADDRESS = "https://funnel.example/webhooks/generic/hubspot"


def signing(protection: str) -> Description:
    return describe(f"protection:\n  kind: hmac\n{protection}fields: {{email: /email}}\n", "a.yaml")


HUBSPOT = signing(
    "  header: X-HubSpot-Signature-v3\n  encoding: base64\n  timestamp_header: X-HubSpot-Request-Timestamp\n"
    f'  address: {ADDRESS}\n  signed: "{{method}}{{address}}{{body}}{{timestamp}}"\n'
)
WEBFLOW = signing(
    '  header: x-webflow-signature\n  timestamp_header: x-webflow-timestamp\n  signed: "{timestamp}:{body}"\n'
)
FACEBOOK = signing("  header: X-Hub-Signature-256\n  prefix: sha256=\n")
CALENDLY = signing(
    '  header: Calendly-Webhook-Signature\n  part: v1\n  timestamp_part: t\n  signed: "{timestamp}.{body}"\n'
)


def request(service: str, at: int = NOW, secret: str = SECRET, body: bytes = BODY) -> Request:
    """As the service would send it."""
    milliseconds, seconds = str(at), str(at // SECOND)
    headers = {
        "hubspot": lambda: {
            "x-hubspot-signature-v3": hmac_text(
                secret, b"POST" + ADDRESS.encode() + body + milliseconds.encode(), encoding="base64"
            ),
            "x-hubspot-request-timestamp": milliseconds,
        },
        "webflow": lambda: {
            "x-webflow-signature": hmac_text(secret, milliseconds.encode() + b":" + body),
            "x-webflow-timestamp": milliseconds,
        },
        "calendly": lambda: {
            "calendly-webhook-signature": f"t={seconds},v1={hmac_text(secret, seconds.encode() + b'.' + body)}"
        },
        "facebook": lambda: {"x-hub-signature-256": "sha256=" + hmac_text(secret, body)},
        "tally": lambda: {"tally-signature": hmac_text(secret, body, encoding="base64")},
    }
    return Request(body, headers[service](), token=service, received_at=NOW)


def ready(name: str) -> Description:
    description = load(READY, name)
    assert description is not None
    return description


SIGNED = {
    "hubspot": HUBSPOT,
    "webflow": WEBFLOW,
    "calendly": ready("calendly"),
    "facebook": FACEBOOK,
    "tally": ready("tally"),
}
TIMED = ("hubspot", "webflow", "calendly")


def answer(request_: Request, service: str, description: Description | None = None) -> Delivery | Refusal:
    return receive(request_, CONTEXT, service, description or SIGNED[service], SECRET)


@pytest.mark.parametrize("service", SIGNED)
def test_a_signature_is_believed_and_no_other(service: str) -> None:
    assert isinstance(answer(request(service), service), Delivery)
    sent = request(service)
    refused = [
        request(service, secret="another-secret"),
        Request(BODY + b" ", sent.headers, received_at=NOW),
        Request(BODY, {name: f"x{value}" for name, value in sent.headers.items()}, received_at=NOW),
    ]
    assert {type(answer(one, service)) for one in refused} == {Refusal}
    assert answer(Request(BODY, received_at=NOW), service) == Refusal(401, "missing_header")
    assert answer(refused[0], service) == Refusal(401, "signature")
    assert receive(request(service, secret=""), CONTEXT, service, SIGNED[service], "") == Refusal(401, "signature")


@pytest.mark.parametrize("service", TIMED)
def test_a_signature_with_a_time_is_believed_for_five_minutes_and_once(service: str) -> None:
    for at in (NOW - 5 * MINUTE, NOW + 5 * MINUTE):
        assert isinstance(answer(request(service, at), service), Delivery)
    for at in (NOW - 5 * MINUTE - SECOND, NOW + 5 * MINUTE + SECOND, 0):
        assert answer(request(service, at), service) == Refusal(401, "stale")
    first, again, other = (answer(request(service, at), service) for at in (NOW, NOW, NOW - SECOND))
    assert isinstance(first, Delivery)
    assert isinstance(again, Delivery)
    assert isinstance(other, Delivery)
    assert first.replay_key is not None
    assert first.replay_key == again.replay_key != other.replay_key


def test_a_signature_without_a_time_is_no_replay() -> None:
    delivery = answer(request("tally"), "tally")
    assert isinstance(delivery, Delivery)
    assert delivery.replay_key is None


def test_of_several_signatures_in_one_header_any_may_be_right() -> None:
    sent = request("calendly").headers["calendly-webhook-signature"]
    stamp, right = sent.split(",")
    for header in (f"{stamp},v1=0,{right}", f"{right}, {stamp}"):
        request_ = Request(BODY, {"calendly-webhook-signature": header}, received_at=NOW)
        assert isinstance(answer(request_, "calendly", CALENDLY), Delivery)
    for header, refused in ((stamp, "missing_header"), (right, "missing_header"), (f"{stamp},v0=1", "missing_header")):
        request_ = Request(BODY, {"calendly-webhook-signature": header}, received_at=NOW)
        assert answer(request_, "calendly", CALENDLY) == Refusal(401, refused)


def test_facebook_and_mailchimp_find_that_the_address_answers() -> None:
    def tried(service: str, token: str = "", **query: str) -> Delivery | Refusal:
        query = {name.replace("__", "."): value for name, value in query.items()}
        return answer(Request(b"", query=query, token=token, method="GET"), service, ready(service))

    verified = tried("facebook_leads", hub__mode="subscribe", hub__challenge="115", hub__verify_token=SECRET)
    assert verified == Delivery([], b"115", "text/plain")
    assert tried("facebook_leads", hub__challenge="115", hub__verify_token="x") == Refusal(401, "token")
    assert tried("facebook_leads", hub__challenge="115") == Refusal(401, "token")
    assert tried("facebook_leads", f"facebook_leads.{SECRET}", hub__challenge="<b>") == Refusal(400, "unreadable")
    assert tried("mailchimp", f"mailchimp.{SECRET}") == Delivery([], b"ok", "text/plain")
    assert tried("mailchimp", "mailchimp.wrong") == Refusal(401, "token")
    assert tried("mailchimp", f"mailchimp.{SECRET}", hub__challenge="115") == Delivery([], b"ok", "text/plain")
