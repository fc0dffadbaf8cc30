"""The same attacks on the secret of every service that sends webhooks: only who knows it is believed."""

import ast
import importlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.bigmarker.webhook import receive as bigmarker
from connectors.connector import Connector
from connectors.generic.describe import Signature, Token
from connectors.generic.load import describe
from connectors.generic.webhook import receive as generic
from connectors.goto.webhook import receive as goto
from connectors.livestorm.webhook import receive as livestorm
from connectors.livestorm.webhook import signature as livestorm_signature
from connectors.mapped import Context
from connectors.registry import connectors
from connectors.settings import SettingsError
from connectors.tilda.webhook import receive as tilda
from connectors.toolkit.signing import hmac_text, same
from connectors.typeform.webhook import receive as typeform
from connectors.typeform.webhook import signature as typeform_signature
from connectors.webhook import Delivery, Refusal, Request
from connectors.zoom.signature import sign
from connectors.zoom.webhook import receive as zoom
from contract.instants import SECOND
from tests.connectors.any_json import CONTEXT, NOW

BODY = b'{"eventName":"registrant.joined","event":"webinar.started","payload":{},"email":"ann@example.com"}'
SECRET = "A-secret-of-24-characters"
AT = str(NOW // SECOND)
ROOT = Path(__file__).parents[2]
Answer = Delivery | Refusal

TOKEN_FORM = describe("protection: {kind: token}\nfields: {email: /email}\n", "a.yaml")
HEADER_FORM = describe("protection: {kind: token, place: header, header: X-Key}\nfields: {email: /email}\n", "b.yaml")
SIGNED_FORM = describe(
    "protection: {kind: hmac, header: X-Sig, algorithm: sha256, encoding: hex, prefix: 'v='}\n"
    "fields: {email: /email}\n",
    "c.yaml",
)


@dataclass(frozen=True)
class Way:
    """How a service shows that it is itself."""

    receive: Callable[[Request, str], Answer]
    """With the secret that is ours."""
    shown: Callable[[str], Request]
    """A request that shows that secret."""
    with_text: Callable[[str], Request]
    """The same with another text in its place."""
    text: Callable[[str], str]
    """What stands there where all is right."""


def in_path(receive: Callable[[Request, Context, str], Answer], before: str = "") -> Way:
    def request(text: str) -> Request:
        return Request(BODY, token=before + text, received_at=NOW)

    return Way(lambda one, secret: receive(one, CONTEXT, secret), request, request, lambda secret: secret)


def in_header(
    receive: Callable[[Request, Context, str], Answer], name: str, made: Callable[[str], str], **more: str
) -> Way:
    def request(text: str) -> Request:
        return Request(BODY, {name: text, **more}, token="b", received_at=NOW)

    return Way(lambda one, secret: receive(one, CONTEXT, secret), lambda secret: request(made(secret)), request, made)


WAYS = {
    "bigmarker": in_path(bigmarker),
    "goto": in_path(goto),
    "tilda": in_path(tilda),
    "generic, address": in_path(lambda one, context, secret: generic(one, context, "a", TOKEN_FORM, secret), "a."),
    "generic, header": in_header(
        lambda one, context, secret: generic(one, context, "b", HEADER_FORM, secret), "x-key", lambda secret: secret
    ),
    "generic, signature": in_header(
        lambda one, context, secret: generic(one, context, "c", SIGNED_FORM, secret),
        "x-sig",
        lambda secret: "v=" + hmac_text(secret, BODY),
    ),
    "zoom": in_header(zoom, "x-zm-signature", lambda secret: sign(BODY, AT, secret), **{"x-zm-request-timestamp": AT}),
    "typeform": in_header(typeform, "typeform-signature", lambda secret: typeform_signature(BODY, secret)),
    "livestorm": in_header(
        lambda one, context, secret: livestorm(one, context, secret, 300),
        "x-livestorm-signature",
        lambda secret: f"{AT},{livestorm_signature(AT, secret, BODY)}",
    ),
}


def changed(text: str) -> Iterator[str]:
    """Texts that are nearly right, and others that are sent in the hope of a fault."""
    yield from ("", " ", text[:-1], text[1:], text + "0", text + "\0", "\0" + text, text[:-1] + "?", text[::-1])
    yield from (text[:-1] + "\ud800", text[:-1] + "\ufffd", f"{text},{text}", f'"{text}"', "null", "0", "[]")
    yield "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    yield "".join(f"%{ord(one):02X}" for one in text)
    yield text * 20_000


@pytest.mark.parametrize("name", WAYS)
def test_only_the_secret_itself_is_believed(name: str) -> None:
    way = WAYS[name]
    assert isinstance(way.receive(way.shown(SECRET), SECRET), Delivery)
    refused = [*map(way.with_text, changed(way.text(SECRET)))]
    refused += [way.shown(other) for other in (SECRET.lower(), SECRET.upper(), SECRET + "x", SECRET[:-1], "x")]
    refused += [Request(BODY, received_at=NOW), Request(BODY, query={"token": "", "secret": SECRET}, received_at=NOW)]
    if "header" not in name:
        refused.append(Request(BODY, {"authorization": f"Bearer {SECRET}", "x-key": SECRET}, received_at=NOW))
    for request in refused:
        answer = way.receive(request, SECRET)
        assert isinstance(answer, Refusal), request
        assert answer.status == 401


@pytest.mark.parametrize("name", WAYS)
def test_a_secret_of_ours_that_is_empty_opens_nothing(name: str) -> None:
    way = WAYS[name]
    for text in (way.text("") or "", "", "sha256=", "v0=", "v="):
        assert isinstance(way.receive(way.with_text(text), ""), Refusal)


@pytest.mark.parametrize("name", WAYS)
def test_a_long_wrong_text_costs_no_more_than_its_length(name: str) -> None:
    way = WAYS[name]
    began = time.process_time()
    assert isinstance(way.receive(way.with_text("x" * 1_000_000), SECRET), Refusal)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("one", [one for one in connectors() if one.receive is not None], ids=lambda one: one.name)
def test_without_a_secret_the_route_is_closed(one: Connector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "business/webhooks").mkdir(parents=True)
    (tmp_path / "business/webhooks/a.yaml").write_text("protection: {kind: token}\nfields: {email: /email}\n")
    prefix = f"FUNNEL_{one.name.upper()}_"
    for name in [name for name in os.environ if name.startswith(prefix)]:
        monkeypatch.delenv(name)
    caches = [
        found
        for found in vars(importlib.import_module(f"connectors.{one.name}.settings")).values()
        if hasattr(found, "cache_clear")
    ]
    assert caches
    for said in (None, "", "short", " " * 20):
        if said is not None:
            for name in ("SECRET", "SECRET_TOKEN", "TOKEN", "WEBHOOK_TOKEN", "SECRETS__A"):
                monkeypatch.setenv(prefix + name, said)
        if one.name == "bigmarker":
            monkeypatch.setenv(f"{prefix}API_KEY", "k")
        for cached in caches:
            cached.cache_clear()
        assert one.receive is not None
        with pytest.raises(SettingsError, match=prefix) as error:
            one.receive(Request(BODY, token="a"), CONTEXT)
        assert "\n" not in str(error.value)
    for cached in caches:
        cached.cache_clear()


def test_texts_are_compared_in_constant_time_in_one_place_only() -> None:
    for path in (ROOT / "connectors").rglob("*.py"):
        calls = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert ("compare_digest" in calls) == (path.name == "signing.py"), path
    for path in (ROOT / "connectors").glob("*/webhook.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert names & {"same", "signed", "refusal_of"}, path
    assert not same("a?", "a\ud800")
    assert not same("a\ufffd", "a\ud800")


def test_every_protection_of_the_generic_webhook_is_among_them() -> None:
    assert {type(form.protection) for form in (TOKEN_FORM, HEADER_FORM, SIGNED_FORM)} == {Token, Signature}
