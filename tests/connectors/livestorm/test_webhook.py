"""Only a fresh signature over exactly these bytes is believed; what is believed is answered, whatever it says."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.livestorm.connector import CONNECTOR
from connectors.livestorm.settings import livestorm_settings
from connectors.livestorm.webhook import receive, signature
from connectors.settings import SettingsError
from connectors.webhook import Delivery, Refusal, Request
from contract.instants import SECOND
from tests.connectors.any_json import CONTEXT, NOW, sound

BODY = (Path(__file__).parent / "payloads/people.registered.json").read_bytes()
SECRET = "livestorm-secret"
SAID_AT = str(NOW // SECOND)
FRESH = 1800


def signed(body: bytes = BODY, said_at: str = SAID_AT, secret: str = SECRET) -> Request:
    return Request(body, {"x-livestorm-signature": f"{said_at},{signature(said_at, secret, body)}"})


def test_the_signature_of_a_known_body() -> None:
    """Computed apart: printf '1700000000livestorm-secret{"title":"Вебинар"}' | sha256sum."""
    body = '{"title":"Вебинар"}'.encode()
    assert signature("1700000000", SECRET, body) == "cc4d0e09d425c36ef67a10e7616e1bb94de6fa7d045b55f7aba567a9683de7ac"


def test_a_signed_delivery_is_mapped_and_can_be_known_again() -> None:
    answer = receive(signed(), CONTEXT, SECRET, FRESH)
    assert isinstance(answer, Delivery)
    assert len(answer.mapped) == 2
    assert answer.replay_key is None


def test_the_parts_of_the_header_may_be_swapped_and_in_upper_case() -> None:
    swapped = Request(BODY, {"x-livestorm-signature": f"{signature(SAID_AT, SECRET, BODY).upper()}, {SAID_AT}"})
    assert receive(swapped, CONTEXT, SECRET, FRESH) == receive(signed(), CONTEXT, SECRET, FRESH)


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (Request(BODY), "missing_header"),
        (Request(BODY + b" ", signed().headers), "signature"),
        (signed(secret="another-secret"), "signature"),
        (Request(BODY, {"x-livestorm-signature": SAID_AT}), "signature"),
        (Request(BODY, {"x-livestorm-signature": f",{signature('', SECRET, BODY)}"}), "signature"),
        (
            Request(BODY, {"x-livestorm-signature": f"{int(SAID_AT) + 1},{signature(SAID_AT, SECRET, BODY)}"}),
            "signature",
        ),
    ],
)
def test_anything_else_is_refused(refused: Request, reason: str) -> None:
    assert receive(refused, CONTEXT, SECRET, FRESH) == Refusal(401, reason)


@pytest.mark.parametrize(
    ("seconds", "believed"), [(FRESH, True), (FRESH + 1, False), (-FRESH, True), (-FRESH - 1, False)]
)
def test_an_old_signature_is_stale(seconds: int, believed: bool) -> None:
    later = replace(CONTEXT, received_at=NOW + seconds * SECOND)
    answer = receive(signed(), later, SECRET, FRESH)
    assert isinstance(answer, Delivery) if believed else answer == Refusal(401, "stale")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"data":{"meta":{"webhook":{"event":"job.ended"}}}}', b'{"attendee":{}}']
)
def test_foreign_messages_are_answered_so_that_the_webhook_is_not_switched_off(body: bytes) -> None:
    assert isinstance(receive(signed(body), CONTEXT, SECRET, FRESH), Delivery)


@given(st.binary(max_size=60), st.text(max_size=80))
def test_any_bytes_and_any_header_raise_nothing(body: bytes, header: str) -> None:
    answer = receive(Request(body, {"x-livestorm-signature": header}), CONTEXT, SECRET, FRESH)
    assert isinstance(answer, Refusal)
    delivered = receive(signed(body), CONTEXT, SECRET, FRESH)
    assert isinstance(delivered, Delivery)
    assert sound(delivered.mapped)


def test_the_connector_asks_for_its_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FUNNEL_LIVESTORM_SECRET", raising=False)
    livestorm_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"^FUNNEL_LIVESTORM_SECRET is not set\. Livestorm shows it"):
        CONNECTOR.configured()
    monkeypatch.setenv("FUNNEL_LIVESTORM_SECRET", SECRET)
    livestorm_settings.cache_clear()
    CONNECTOR.configured()
    assert CONNECTOR.receive is not None
    assert isinstance(CONNECTOR.receive(signed(), CONTEXT), Delivery)
    livestorm_settings.cache_clear()
