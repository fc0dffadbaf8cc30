"""Everything that can be wrong in a setup: each a clear line with the way out, and nothing half done."""

import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from connectors.settings import read_again
from funnel.cli import setup_files, setup_past
from funnel.cli.app import main
from funnel.setup import world
from funnel.stack import commands
from funnel.stack.ports import LOOPBACK, free_port
from streams.settings import settings
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom
from tests.funnel.setup.proxies import certificate

GOOD = """timezone: Europe/Berlin
services:
  zoom: {account_id: acc, client_id: id, client_secret: secret}
start: no
"""
OLD = "# mine\nexport FUNNEL_OLD_NAME='a b'\nFUNNEL_PARTITONS=4\n\nOTHER=1 # stays\n"
NEVER_WRITTEN = ("FUNNEL_ZOOM_CLIENT_SECRET", "FUNNEL_ZOOM_ACCOUNT_ID")


class Place:
    """An empty folder with an account of Zoom's, and what a case puts into it."""

    def __init__(self, folder: Path, zoom: FakeZoom, patch: pytest.MonkeyPatch, stack: ExitStack) -> None:
        self.folder = folder
        self.zoom = zoom
        self.patch = patch
        self.stack = stack
        self.answers(GOOD)

    def answers(self, text: str) -> None:
        (self.folder / "answers.yaml").write_text(text)

    def env(self, **said: str) -> None:
        for name, value in said.items():
            self.patch.setenv(f"FUNNEL_{name}", value)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.chdir(tmp_path)
    with fake_zoom() as zoom, ExitStack() as stack:
        made = Place(tmp_path, zoom, monkeypatch, stack)
        made.env(ZOOM_API_URL=f"{zoom.url}/v2", ZOOM_OAUTH_URL=f"{zoom.url}/oauth", ZOOM_REQUESTS_PER_SECOND="1000")
        made.env(KAFKA_BOOTSTRAP=f"{LOOPBACK}:{free_port()}", METRICS_PORT="0", DISK_RESERVE_MB="1")
        for name in ("CLICKHOUSE", "WEBHOOK", "DASHBOARDS"):
            made.env(**{f"{name}_PORT": str(free_port())})
        yield made
    read_again()
    settings.cache_clear()


def run(*words: str) -> int:
    """The exit status of `funnel setup` with these words, in this process."""
    with pytest.raises(SystemExit) as ended:
        main(["setup", "--no-open", *words])
    return int(ended.value.code or 0)


def port_busy(place: Place) -> None:
    held = place.stack.enter_context(socket.create_server((LOOPBACK, 0)))
    place.env(CLICKHOUSE_PORT=str(held.getsockname()[1]))


def no_java(place: Place) -> None:
    place.patch.delenv("JAVA_HOME", raising=False)
    place.patch.setenv("PATH", str(place.folder))


def two_at_once(place: Place) -> None:
    place.stack.enter_context(world.alone(place.folder))


def refused(status: int, location: str = "") -> Callable[[Place], None]:
    """A service that answers every request so."""

    def arrange(place: Place) -> None:
        place.zoom.token = lambda *_: (status, {})  # type: ignore[method-assign]
        place.zoom.moved_to = location

    return arrange


class _Silent(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Says nothing about clients that go away."""


def bad_certificate(place: Place) -> None:
    made = certificate(place.folder)
    server = _Silent((LOOPBACK, 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain, made.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    place.stack.callback(server.server_close)
    place.stack.callback(server.shutdown)
    place.env(ZOOM_OAUTH_URL=f"https://localhost:{server.server_address[1]}/oauth")


def of_another(place: Place) -> None:
    (place.folder / ".data").mkdir()
    (place.folder / ".data" / "hash-secret.check").write_text("0123456789abcdef\n")
    (place.folder / ".env").write_text("FUNNEL_HASH_SECRET=a-secret-of-its-own\n")


def without_its_secret(place: Place) -> None:
    (place.folder / ".data" / "connectors").mkdir(parents=True)
    (place.folder / ".data" / "connectors" / "state.sqlite").touch()


class Case(NamedTuple):
    """What is wrong, and what is said."""

    arrange: Callable[[Place], object]
    said: str
    status: int = 1


CASES = {
    "wrong key": Case(
        lambda place: place.answers(GOOD.replace("secret: secret", "secret: other")),
        "zoom: Zoom gives no token: are FUNNEL_ZOOM_ACCOUNT_ID, FUNNEL_ZOOM_CLIENT_ID and FUNNEL_ZOOM_CLIENT_SECRET",
    ),
    "wrong zone": Case(
        lambda place: place.answers(GOOD.replace("Berlin", "Berln")),
        "answers.yaml:1: timezone: Europe/Berln is no time zone; give an IANA name such as Europe/Berlin. Did you mean "
        "Europe/Berlin",
        2,
    ),
    "no disk": Case(
        lambda place: place.env(DISK_RESERVE_MB="999999999"), "are needed (FUNNEL_DISK_RESERVE_MB): make room, or set"
    ),
    "port busy": Case(port_busy, "of clickhouse is held by process"),
    "no Java": Case(no_java, "Kafka needs Java 17 or newer, but none is installed: install it (for example apt"),
    "service down": Case(
        lambda place: place.env(ZOOM_OAUTH_URL=f"http://{LOOPBACK}:{free_port()}/oauth"),
        "zoom: Zoom does not answer POST /token: ConnectError. Does http://127.0.0.1:",
    ),
    "two at once": Case(two_at_once, "another funnel setup runs in this folder: end it, or wait for its end"),
    ".env not writable": Case(
        lambda place: (place.folder / ".env").mkdir(),
        ".env cannot be read and written (Is a directory): change the owner of it and of its folder, or run",
    ),
    "broken answers": Case(lambda place: place.answers("services: {zoom: [\n"), "answers.yaml:2: no valid YAML:", 2),
    "no answers": Case(lambda place: (place.folder / "answers.yaml").unlink(), "answers.yaml: No such file or dir"),
    "unknown service": Case(
        lambda place: place.answers(GOOD.replace("zoom:", "zom:")),
        "answers.yaml:3: zom is no service that setup knows; did you mean zoom?",
        2,
    ),
    "unknown key": Case(
        lambda place: place.answers(GOOD.replace("client_id", "clientid")),
        "answers.yaml:3: unknown key clientid; did you mean client_id?",
        2,
    ),
    "secret too short": Case(
        lambda place: place.answers(GOOD.replace("secret: secret", "secret: secret, secret_token: abc")),
        "answers.yaml:3: FUNNEL_ZOOM_SECRET_TOKEN is shorter than 8 characters: copy all of it. Zoom App Marketplace >",
        2,
    ),
    "answer missing": Case(
        lambda place: place.answers(GOOD.replace("client_id: id, ", "")),
        "answers.yaml: services.zoom.client_id is missing. Zoom App Marketplace > Manage > your Server-to-Server OAuth",
    ),
    "rate limited": Case(
        lambda place: place.zoom.faults.update({1: "day's quota used up"}), "zoom: Zoom's quota is used up until 2"
    ),
    "a page of a proxy": Case(
        lambda place: place.zoom.faults.update({1: "no json"}),
        "zoom: Zoom answered GET /users/me with something that is no JSON: is its base address right?",
    ),
    "redirect": Case(
        refused(302, "https://login.example.org/"),
        "zoom: Zoom answered POST /token with status 302. It redirects to login.example.org: is its base",
    ),
    "certificate": Case(bad_certificate, "zoom: Zoom's certificate is not valid (self-signed certificate in cert"),
    "another secret": Case(of_another, "was filled with another FUNNEL_HASH_SECRET. Put that installation's FUNNEL_"),
    "secret lost": Case(without_its_secret, "holds data, but FUNNEL_HASH_SECRET is not set. Put that installation's"),
    "secret too weak": Case(
        lambda place: (place.folder / ".env").write_text("FUNNEL_HASH_SECRET=short\n"),
        "FUNNEL_HASH_SECRET is shorter than 16 characters",
    ),
    "file not there": Case(
        lambda place: place.answers("files: [{path: none.csv}]\nstart: no\n"),
        "answers.yaml: files: none.csv is not there. Look",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_half_done(
    place: Place, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    case.arrange(place)
    before = (place.folder / ".env").read_text() if (place.folder / ".env").is_file() else ""
    assert run("--answers", "answers.yaml") == case.status
    printed = capsys.readouterr()
    assert case.said in " ".join(printed.err.split())
    assert "Traceback" not in printed.err
    env = (place.folder / ".env").read_text() if (place.folder / ".env").is_file() else ""
    assert env.startswith(before)
    assert not [name for name in NEVER_WRITTEN if name in env]
    assert not [path.name for path in place.folder.iterdir() if path.name.endswith(".tmp")]


def test_an_old_env_keeps_its_lines_and_unknown_names_are_said(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    env = place.folder / ".env"
    env.write_text(OLD)
    env.chmod(0o644)
    assert run("--answers", "answers.yaml") == 0
    printed = capsys.readouterr()
    assert ".env: nothing reads FUNNEL_OLD_NAME. It stays as it is." in printed.err
    assert ".env: nothing reads FUNNEL_PARTITONS; did you mean FUNNEL_PARTITIONS?" in printed.err
    text = env.read_text()
    assert text.startswith(OLD)
    assert "FUNNEL_ZOOM_CLIENT_SECRET=secret\n" in text
    assert env.stat().st_mode & 0o777 == 0o600
    assert "Zoom account accInvented: the app may read 2 users" in printed.out
    # Again: nothing is asked of Zoom that is done already, and no line changes.
    assert run("--answers", "answers.yaml") == 0
    assert env.read_text() == text


@pytest.mark.parametrize("name", ["account", "zone"])
def test_ctrl_c_at_a_question_keeps_what_was_done(
    place: Place, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter([] if name == "zone" else ["Europe/Berlin", "zoom"])

    def read(_: str) -> str:
        if (answer := next(said, None)) is None:
            signal.raise_signal(signal.SIGINT)
        return str(answer)

    monkeypatch.setattr("builtins.input", read)
    # From a shell's background the signal is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert run() == 1
    finally:
        signal.signal(signal.SIGINT, before)
    assert "funnel: stopped. What was done stays; funnel setup continues here." in capsys.readouterr().err
    assert (place.folder / ".env").exists() == (name == "account")


def test_a_wrong_answer_of_a_person_is_asked_again_and_a_service_can_be_left_out(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["Berlin", "Europe/Berlin", "zom", "zoom", "", "acc", "id", "other", "short", "", "perhaps", "skip"]
    said = iter(answers)
    monkeypatch.setattr("builtins.input", lambda _: next(said))
    monkeypatch.setattr(commands, "up", lambda *_, **__: pytest.fail("nothing is to be started"))
    monkeypatch.setattr(setup_past.Past, "read", lambda *_: True)
    monkeypatch.setattr("funnel.cli.setup_steps.Setup._stack", lambda _: None)
    assert run() == 0
    printed = capsys.readouterr()
    for line in (
        "Berlin is no time zone; give an IANA name such as Europe/Berlin. Did you mean Europe/Berlin?",
        "zom is not offered. Did you mean zoom?",
        "An answer is needed; Ctrl-C ends setup, and it continues here.",
        "FUNNEL_ZOOM_SECRET_TOKEN is shorter than 8 characters",
        "perhaps: one of again, keep, skip is expected.",
    ):
        assert line in printed.out
    assert next(said, None) is None
    assert "FUNNEL_ZOOM" not in (place.folder / ".env").read_text()


def test_a_closed_standard_input_is_said(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run() == 1
    assert "there is nobody to answer: standard input is closed. Run funnel setup in a terminal, or with --answers" in (
        capsys.readouterr().err
    )
    assert not (place.folder / ".env").exists()


def test_ctrl_c_while_the_past_is_read_and_no_webinar_at_all(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    past = setup_past.Past(setup_files.Files(None, []), 90)  # type: ignore[arg-type]
    place.env(HASH_SECRET="0123456789abcdef")
    read_again()
    monkeypatch.setattr(setup_past, "wait_until_caught_up", lambda *_: None)
    monkeypatch.setattr(world, "connected", lambda _: object())
    monkeypatch.setattr(world, "count", lambda *_: 0)
    assert not past.read([])
    assert "No webinar was found in the last 90 days. Do the credentials belong to the" in capsys.readouterr().out
    monkeypatch.setattr(setup_past, "poll_once", lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        past.read(["zoom"])
    assert os.environ.get("FUNNEL_ZOOM_CLIENT_SECRET") is None
