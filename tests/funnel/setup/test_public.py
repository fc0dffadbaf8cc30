"""The public address: the examples of docs/proxy as they are, and what `funnel connectors check --public` says."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from connectors.registry import connectors
from connectors.settings import read_again
from funnel.setup.public import Address, checked
from funnel.setup.verdict import Line
from funnel.stack.ports import free_port
from process.clock import now
from tests.connectors.webhooks.running import Running, running_server
from tests.funnel.setup.proxies import NAME, Certificate, caddy, certificate, nginx, program

SECRETS = {
    "FUNNEL_ZOOM_SECRET_TOKEN": "zoom-secret-token",
    "FUNNEL_TYPEFORM_SECRET": "typeform-secret",
    "FUNNEL_TILDA_TOKEN": "0123456789abcdef",
    "FUNNEL_LIVESTORM_SECRET": "livestorm-secret",
    "FUNNEL_BIGMARKER_API_KEY": "key",
    "FUNNEL_BIGMARKER_WEBHOOK_TOKEN": "0123456789abcdef",
    "FUNNEL_GENERIC_SECRETS__JOTFORM": "0123456789abcdef",
}
ATTACKS = ("/webhooks/../health", "/webhooks/%2e%2e/docs", "/webhooks/..%2fopenapi.json", "//health", "/metrics")
_END = b"-----END CERTIFICATE-----\n"
Proxy = Callable[..., AbstractContextManager[int]]
_MISSING = "{} is not installed: apt install {}, or name the program in {}"
proxies = pytest.mark.parametrize(
    "proxy",
    [
        pytest.param(
            one,
            id=name,
            marks=pytest.mark.skipif(program(name) is None, reason=_MISSING.format(name, name, name.upper())),
        )
        for name, one in (("nginx", nginx), ("caddy", caddy))
    ],
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The real webhook server. It needs no Kafka here: what it cannot publish it keeps on its disk."""
    folder = tmp_path_factory.mktemp("server")
    with running_server(folder, f"127.0.0.1:{free_port()}", "connectors.webhooks", SECRETS) as running:
        yield running


@pytest.fixture(scope="module")
def cert(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def same_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    read_again()
    yield
    read_again()


def lines(port: int, authorities: ssl.SSLContext) -> list[Line]:
    address = Address(f"https://{NAME}:{port}", NAME, port)
    return list(checked(address, list(connectors()), 1_000_000, now(), authorities))


def port_of(server: Running) -> int:
    return int(server.url.rpartition(":")[2])


@proxies
def test_through_the_example_every_service_gets_in_and_nothing_else(
    proxy: Proxy, server: Running, cert: Certificate, tmp_path: Path
) -> None:
    with proxy(tmp_path, port_of(server), cert) as port:
        said = lines(port, cert.authorities)
        # Loopback is the only thing wrong with it.
        assert "which no service can reach" in said[0].text
        assert [one.text for one in said[1:] if not one.good] == []
        texts = "\n".join(one.text for one in said)
        for name in ("Zoom", "Typeform", "Tilda", "Livestorm", "BigMarker", "Generic"):
            assert name in texts
        assert "0123456789abcdef" not in texts
        attacks = (
            "/webhooks/../health",
            "/webhooks/%2e%2e/docs",
            "/webhooks/..%2fopenapi.json",
            "//health",
            "/metrics",
        )
        for path in attacks:
            answer = raw(port, cert, path)
            assert answer[0] in (400, 404, 405), path
            assert b"accepted" not in answer[1], path
            assert b"swagger" not in answer[1].lower(), path


@proxies
def test_an_address_that_is_not_allowed_gets_no_answer_of_ours(
    proxy: Proxy, server: Running, cert: Certificate, tmp_path: Path
) -> None:
    allowed = {"nginx": "allow 192.0.2.0/24;\ndeny all;\n", "caddy": "192.0.2.0/24"}
    with proxy(tmp_path, port_of(server), cert, allowed[proxy.__name__]) as port:
        (zoom,) = [one for one in lines(port, cert.authorities) if one.text.startswith("Zoom")]
        assert not zoom.good
        assert "403: the proxy lets only certain addresses in" in zoom.text


@proxies
def test_a_server_that_is_down_is_said(proxy: Proxy, cert: Certificate, tmp_path: Path) -> None:
    with proxy(tmp_path, free_port(), cert) as port:
        last = lines(port, cert.authorities)[-1]
        assert "502: the webhook server does not run where it looks" in last.text


@proxies
@pytest.mark.parametrize(("days", "words"), [(5, "valid only until"), (-5, "has expired"), (90, "the whole chain")])
def test_a_certificate_that_services_will_not_accept_is_said(
    proxy: Proxy, days: int, words: str, tmp_path: Path, server: Running
) -> None:
    made = certificate(tmp_path, days)
    authorities = ssl.create_default_context() if days == 90 else made.authorities
    if days == 90:
        made.chain.write_bytes(made.chain.read_bytes().partition(_END)[0] + _END)
    (tmp_path / "proxy").mkdir()
    with proxy(tmp_path / "proxy", port_of(server), made) as port:
        said = lines(port, authorities)[1]
    assert not said.good
    assert words in said.text


def test_nothing_there_and_no_tls_are_said(cert: Certificate) -> None:
    assert "does the proxy run" in lines(free_port(), cert.authorities)[-1].text
    with socket.create_server(("127.0.0.1", 0)) as plain:
        plain.settimeout(20)

        def answer() -> None:
            one, _ = plain.accept()
            with one:
                one.recv(100)
                one.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert "speaks no TLS" in lines(plain.getsockname()[1], cert.authorities)[-1].text
        thread.join()


def raw(port: int, cert: Certificate, path: str) -> tuple[int, bytes]:
    """The path as it is, which ordinary clients would tidy up."""
    connection = http.client.HTTPSConnection(NAME, port, context=cert.authorities, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
