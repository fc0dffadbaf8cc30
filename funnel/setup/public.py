"""Tries the public address of the webhooks as the services would: from outside, over TLS, one line a check."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from connectors.connector import Connector
from connectors.settings import SettingsError
from connectors.toolkit.marked import FileError
from connectors.webhook import Trial
from funnel.setup import verdict
from funnel.setup.verdict import Answer, Line

_SECONDS = 10.0
_NOT_FORWARDED = ("/health", "/ready", "/docs", "/openapi.json", "/metrics")


class Address(NamedTuple):
    """A public address: https://hooks.example.org, perhaps with a port and a path before /webhooks/."""

    url: str
    host: str
    port: int


def address_of(text: str) -> Address:
    """Raises ValueError with what is wrong."""
    parts = urlsplit(text.strip().rstrip("/"))
    if parts.scheme != "https":
        raise ValueError("services post to https addresses only: give it as https://hooks.example.org")
    if not parts.hostname or parts.query or parts.username:
        raise ValueError("that is no address such as https://hooks.example.org")
    path = parts.path.partition("/webhooks")[0]
    return Address(f"https://{parts.netloc}{path}", parts.hostname, parts.port or 443)


def checked(
    address: Address, services: Sequence[Connector], body_limit: int, at: int, authorities: ssl.SSLContext | None = None
) -> Iterator[Line]:
    """Each check as a line. `authorities`: those to trust, instead of this machine's."""
    context = authorities or httpx.create_ssl_context()
    yield _resolved(address)
    certificate = _certificate(address, context)
    yield certificate
    if not certificate.good:
        return
    with httpx.Client(base_url=address.url, verify=context, timeout=_SECONDS, follow_redirects=False) as client:
        names = [one.name for one in services if one.receive is not None]
        first = _ask(client, Trial(names[0]))
        reached = verdict.of_path(first)
        yield reached
        if not reached.good:
            return
        yield verdict.of_body_limit(_ask(client, Trial(names[0], b" " * (body_limit - 1))), body_limit)
        yield verdict.of_others({path: _get(client, path) for path in _NOT_FORWARDED})
        tried = 0
        for one in services:
            for trial in _trials(one, at):
                tried += 1
                yield verdict.of_trial(f"{one.title}, /webhooks/{_shown(trial)}", trial, _ask(client, trial))
        if not tried:
            yield Line(False, "no service has webhooks set up: funnel setup, or docs/services")


def _shown(trial: Trial) -> str:
    """Its path without the secret."""
    name, slash, token = trial.path.partition("/")
    return f"{name}{slash}{token.partition('.')[0] + '.…' if '.' in token else '…' if token else ''}"


def _trials(one: Connector, at: int) -> Sequence[Trial]:
    try:
        return one.trials(at) if one.trials is not None else []
    except (SettingsError, FileError):
        return []


def _resolved(address: Address) -> Line:
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)}
    except OSError as error:
        return Line(False, f"{address.host} has no address ({error.strerror or error}): make a DNS record for it")
    inside = sorted(one for one in found if not ipaddress.ip_address(one.partition("%")[0]).is_global)
    if inside:
        return Line(
            False,
            f"{address.host} is {', '.join(inside)}, which no service can reach: make its DNS record name the public "
            "address of this network",
        )
    return Line(True, f"{address.host} is {', '.join(sorted(found))}")


def _certificate(address: Address, context: ssl.SSLContext) -> Line:
    began = time.monotonic()
    try:
        with (
            socket.create_connection((address.host, address.port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=address.host) as secure,
        ):
            said = secure.getpeercert() or {}
            version = secure.version()
    except ssl.SSLCertVerificationError as error:
        return verdict.of_refused_certificate(address.host, error.verify_message)
    except ssl.SSLError as error:
        return Line(False, f"port {address.port} speaks no TLS ({error.reason}): does the proxy listen there with ssl?")
    except OSError as error:
        why = "no answer" if isinstance(error, TimeoutError) else error.strerror or str(error)
        return Line(
            False,
            f"nothing can be reached at {address.host}, port {address.port} ({why}): does the proxy run, and does the "
            "firewall let the port in?",
        )
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(said["notAfter"])), UTC)
    return verdict.of_certificate(until, datetime.now(UTC), f"{version} in {time.monotonic() - began:.1f} s")


def _get(client: httpx.Client, path: str) -> Answer:
    return _answered(client, "GET", path, b"", {})


def _ask(client: httpx.Client, trial: Trial) -> Answer:
    return _answered(client, trial.method, f"/webhooks/{trial.path}", trial.body, dict(trial.headers))


def _answered(client: httpx.Client, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    began = time.monotonic()
    try:
        answer = client.request(method, path, content=body, headers=headers)
    except httpx.RequestError as error:
        return Answer(0, str(error).encode() or type(error).__name__.encode(), "", time.monotonic() - began)
    where = answer.headers.get("location", "") if answer.has_redirect_location else ""
    return Answer(answer.status_code, answer.content, where, time.monotonic() - began)
