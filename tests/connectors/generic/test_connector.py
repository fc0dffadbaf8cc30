"""End to end: a file in a folder and a secret in the environment make a form service, believed as the file says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.generic.connector import CONNECTOR, map_by
from connectors.generic.load import describe
from connectors.generic.settings import generic_settings
from connectors.generic.webhook import receive
from connectors.mapped import FormRegistration, Rejection
from connectors.settings import SettingsError
from connectors.toolkit.marked import FileError
from connectors.toolkit.signing import hmac_text
from connectors.webhook import Delivery, Refusal, Request
from tests.connectors.any_json import CONTEXT, sound

SAMPLE = (Path(__file__).parent / "payloads/example.json").read_bytes()
EXAMPLE = Path(__file__).parents[3] / "connectors/samples/webhook-example.yaml"
SECRET, TOKEN = "example-signing-secret", "a-long-random-token"
FORM = "protection: {kind: token}\nfields: {email: /email}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "business/webhooks"
    folder.mkdir(parents=True)
    (folder / "example.yaml").write_text(EXAMPLE.read_text())
    (folder / "landing_2.yaml").write_text(FORM)
    monkeypatch.setenv("FUNNEL_GENERIC_SECRETS__EXAMPLE", SECRET)
    (tmp_path / ".env").write_text(f"FUNNEL_GENERIC_SECRETS__LANDING_2={TOKEN}\n")
    generic_settings.cache_clear()
    yield folder
    generic_settings.cache_clear()


def answer(request: Request) -> Delivery | Refusal:
    assert CONNECTOR.receive is not None
    return CONNECTOR.receive(request, CONTEXT)


def signed(body: bytes = SAMPLE, secret: str = SECRET) -> Request:
    return Request(body, {"x-example-signature": "sha256=" + hmac_text(secret, body)}, token="example")


def test_the_sample_is_received_with_its_signature(folder: Path) -> None:
    CONNECTOR.configured()
    delivery = answer(signed())
    assert isinstance(delivery, Delivery)
    assert [type(one) for one in delivery.mapped] == [FormRegistration]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Request(SAMPLE, token="example"), "missing_header"),
        (Request(SAMPLE + b" ", signed().headers, token="example"), "signature"),
        (signed(secret="another-secret"), "signature"),
        (Request(SAMPLE, {"x-example-signature": hmac_text(SECRET, SAMPLE)}, token="example"), "signature"),
        (Request(b"email=ann%40example.com", token="landing_2/wrong"), "token"),
        (Request(b"email=ann%40example.com", token="landing_2"), "token"),
        (Request(b"email=ann%40example.com", token=f"unknown/{TOKEN}"), "token"),
        (Request(b"email=ann%40example.com", token=f"../webhooks/landing_2/{TOKEN}"), "token"),
        (Request(b"email=ann%40example.com"), "token"),
    ],
)
def test_anything_else_is_refused(folder: Path, request_: Request, reason: str) -> None:
    assert answer(request_) == Refusal(401, reason)


@pytest.mark.parametrize(
    ("path", "query"),
    [(f"landing_2.{TOKEN}", {}), (f"landing_2/{TOKEN}", {}), ("landing_2", {"token": TOKEN})],
)
def test_a_token_may_stand_in_the_path_or_in_the_query(folder: Path, path: str, query: dict[str, str]) -> None:
    delivery = answer(Request(b"email=ann%40example.com", token=path, query=query))
    assert isinstance(delivery, Delivery)
    assert isinstance(delivery.mapped[0], FormRegistration)


@pytest.mark.parametrize("header", [TOKEN, f"Bearer {TOKEN}"])
def test_a_token_may_stand_in_a_header(header: str) -> None:
    text = "protection: {kind: token, place: header}\nfields: {email: /email}\n"
    request = Request(b"email=ann%40example.com", {"authorization": header})
    assert isinstance(receive(request, CONTEXT, "a", describe(text, "a.yaml"), TOKEN), Delivery)
    assert receive(request, CONTEXT, "a", describe(text, "a.yaml"), TOKEN + "x") == Refusal(401, "token")


def test_a_changed_file_counts_at_once(folder: Path) -> None:
    request = Request(b"email=ann%40example.com&mail=bob%40example.com", token=f"landing_2/{TOKEN}")
    first = answer(request)
    path = folder / "landing_2.yaml"
    path.write_text(FORM.replace("/email", "/mail"))
    os.utime(path, ns=(1, 1))
    assert answer(request) != first
    path.write_text("fields: [")
    with pytest.raises(SettingsError, match=r"landing_2\.yaml:1: no valid YAML"):
        answer(request)


def test_what_is_missing_is_said_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUNNEL_GENERIC_SECRETS__EXAMPLE")
    generic_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"^FUNNEL_GENERIC_SECRETS__EXAMPLE is not set"):
        CONNECTOR.configured()
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(SettingsError, match=r"holds no description.*jotform.*webhook-example\.yaml"):
        CONNECTOR.configured()


def test_a_payload_is_mapped_by_the_description_that_fits(folder: Path) -> None:
    assert isinstance(CONNECTOR.map_payload(SAMPLE, CONTEXT)[0], FormRegistration)
    assert isinstance(CONNECTOR.map_payload(b"email=ann%40example.com", CONTEXT)[0], FormRegistration)
    (rejected,) = CONNECTOR.map_payload(b"phone=1", CONTEXT)
    assert isinstance(rejected, Rejection)
    assert rejected.detail.startswith("landing_2: email: ")


@given(st.binary(max_size=60), st.text(max_size=30))
def test_any_bytes_and_any_header_raise_nothing(body: bytes, header: str) -> None:
    description = describe(EXAMPLE.read_text(), "example.yaml")
    for request in (Request(body, {"x-example-signature": header}), Request(body, signed(body).headers)):
        result = receive(request, CONTEXT, "example", description, SECRET)
        assert isinstance(result, Refusal) or sound(result.mapped)


def test_a_secret_is_enough_for_a_service_whose_description_comes_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (Path(__file__).parent / "payloads/jotform.txt").read_bytes()
    request = Request(body, token=f"jotform.{TOKEN}")
    assert answer(request) == Refusal(401, "token")
    monkeypatch.setenv("FUNNEL_GENERIC_SECRETS__JOTFORM", TOKEN)
    generic_settings.cache_clear()
    CONNECTOR.configured()
    delivery = answer(request)
    assert isinstance(delivery, Delivery)
    assert isinstance(delivery.mapped[0], FormRegistration)
    assert CONNECTOR.map_payload(body, CONTEXT) == delivery.mapped
    # A file of that name goes before.
    (folder / "jotform.yaml").write_text("service: jotform\nfields: {form: {constant: mine}}\n")
    delivery = answer(request)
    assert isinstance(delivery, Delivery)
    assert isinstance(delivery.mapped[0], FormRegistration)
    assert delivery.mapped[0].form == "mine"


def test_a_payload_is_mapped_by_a_file_or_a_name(folder: Path) -> None:
    body = (Path(__file__).parent / "payloads/mailchimp.txt").read_bytes()
    own = folder / "own.yaml"
    own.write_text("service: mailchimp\nfields: {form: {constant: mine}}\n")
    for description, form in (("mailchimp", "a6b5da1054"), (str(own), "mine")):
        (one,) = map_by(body, CONTEXT, description)
        assert isinstance(one, FormRegistration)
        assert one.form == form
    with pytest.raises(FileError, match=r"^mailchim: no such file, and no ready description; did you mean mailchimp"):
        map_by(body, CONTEXT, "mailchim")


def test_without_a_description_that_counts_it_the_way_to_try_one_is_said(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    (rejected,) = CONNECTOR.map_payload(b"email=ann%40example.com", CONTEXT)
    assert isinstance(rejected, Rejection)
    assert "funnel map generic FILE --mapping" in rejected.detail
