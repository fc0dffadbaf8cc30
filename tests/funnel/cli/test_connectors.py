"""The connectors on the command line: what is printed, in which form, with which exit status."""

import re
from pathlib import Path

import orjson
import pytest
import typer

from connectors import registry
from connectors.connector import Connector
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.state import State
from connectors.pipeline.zoom_names import Names
from connectors.registry import NoSuchConnectorError
from connectors.settings import connector_settings
from contract.instants import parse_instant
from funnel.cli import connectors as cli_connectors
from funnel.stack.ports import free_port
from tests.connectors.pipeline.test_resolve import NOON, submission
from tests.connectors.webhooks.demo import DEMO
from tests.connectors.webhooks.test_server import statement


def demo_only(name: str) -> Connector:
    if name != "demo":
        raise NoSuchConnectorError(f"no connector {name}. There are: demo.")
    return DEMO


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, and a registry that has the tests' service only."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUNNEL_HASH_SECRET", "0123456789abcdef")
    monkeypatch.setenv("FUNNEL_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(cli_connectors, "connector", demo_only)
    monkeypatch.setattr(cli_connectors, "connectors", lambda: iter([DEMO]))
    connector_settings.cache_clear()
    (tmp_path / "business").mkdir()
    return tmp_path


def run(*words: str) -> int:
    """The exit status."""
    app = typer.Typer()
    app.add_typer(cli_connectors.connectors_app, name="connectors")
    app.command("map")(cli_connectors.map_)
    app.command("remap")(cli_connectors.remap)
    try:
        app(list(words), standalone_mode=True)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_map_prints_the_events_and_says_what_is_rejected(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "good").write_bytes(statement("a"))
    assert run("map", "demo", "good") == 0
    assert orjson.loads(capsys.readouterr().out)["title"] == "a"
    (place / "bad").write_bytes(b"ann@example.com")
    assert run("map", "demo", "bad") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "rejected: unreadable: body: not a JSON object\n"


def test_map_tries_a_description_of_a_form_service(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "business" / "forms.yaml").write_text("forms: [{webinar: zoom:1}]")
    (place / "body").write_bytes(b"id=52&form_id=3&date_created=2026-11-10+17%3A20%3A31&2=ann%40example.com")
    assert run("map", "generic", "body", "--mapping", "gravity_forms") == 0
    assert orjson.loads(capsys.readouterr().out)["occurred_at"] == "2026-11-10T17:20:31.000Z"
    (place / "own.yaml").write_text("protection: {kind: token}\nfields: {email: /mail}\n")
    assert run("map", "generic", "body", "--mapping", "own.yaml") == 1
    assert capsys.readouterr().err == (
        "rejected: no_person: email: the body is a submitted form without /mail; it has: id, form_id, date_created, 2\n"
    )
    (place / "own.yaml").write_text("protection: {kind: token}\nfields: {email: mail}\n")
    assert run("map", "generic", "body", "--mapping", "own.yaml") == 2
    assert capsys.readouterr().err.startswith("funnel: own.yaml:2: pointer: a pointer begins with /")


def test_map_looks_a_form_up_in_the_rules(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = {"type": "form", "form": "f", "submission": "s", "email": "ann@example.com"}
    (place / "form").write_bytes(orjson.dumps(form))
    assert run("map", "demo", "form") == 1
    assert "rejected: unmapped_form: demo/f: no rule in business/forms.yaml" in capsys.readouterr().err
    (place / "business" / "forms.yaml").write_text("forms: [{webinar: zoom:1}]")
    assert run("map", "demo", "form") == 0
    said = orjson.loads(capsys.readouterr().out)
    assert (said["event_id"], said["webinar_id"]) == ("demo:s", "zoom:1")
    assert not (place / "connectors").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("map", "demo", "nothing"), "nothing: No such file"),
        (("map", "nobody", "business"), "business: Is a directory"),
        (("connectors", "poll", "nobody"), "no connector nobody"),
        (("connectors", "poll", "demo"), "Demo has nothing to be polled; it has: webhook."),
        (("connectors", "poll", "demo", "--since", "2026-11-02", "--until", "2026-11-01"), "--since is later"),
        (("connectors", "quarantine", "--show", "7"), "7: not in the quarantine"),
        (("connectors", "quarantine", "--discard", "all"), "--discard all: neither a number nor a reason"),
        (("remap", "--from", "zoom:1", "--to", "zoom:1"), "--from and --to have to be two webinars"),
        (("remap", "--from", "zoom", "--to", "zoom:1"), "--from and --to have to be two webinars"),
    ],
)
def test_wrong_use_is_one_line(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"funnel: {said}")
    assert printed.count("\n") == 1


def test_the_quarantine_says_what_waits_and_shows_a_payload_on_demand(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("connectors", "quarantine") == 0
    assert capsys.readouterr().out == "the quarantine is empty\n"
    with State(place) as state:
        Resolver(state, place / "business").resolve([Arrival("demo", submission(), NOON, b"ann@example.com")])
    assert run("connectors", "quarantine") == 0
    printed = capsys.readouterr()
    assert "1  demo  unmapped_form  demo/landing" in printed.out
    assert "example.com" not in printed.out
    assert "business/forms.yaml" in printed.err
    assert run("connectors", "quarantine", "--show", "1") == 0
    assert capsys.readouterr().out == "ann@example.com\n"


def test_what_is_discarded_waits_no_more(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_KAFKA_BOOTSTRAP", f"127.0.0.1:{free_port()}")
    connector_settings.cache_clear()
    with State(place) as state:
        Resolver(state, place / "business").resolve([Arrival("demo", submission(), NOON, b"ann@example.com")])
    # Data health would count it on.
    assert run("connectors", "quarantine", "--discard", "unmapped_form") == 1
    assert "Kafka does not answer" in capsys.readouterr().err
    assert run("connectors", "quarantine") == 0
    assert "unmapped_form" in capsys.readouterr().out


def test_remap_takes_the_names_that_occurrences_have(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with State(place) as state:
        Names(state).of_report("1234", parse_instant("2026-11-12T08:00:00.000Z"), "UTC")
        assert run("remap", "--from", "zoom:1", "--to", "zoom:1234:2026-11-12", "--dry-run") == 0
        assert "would be moved to zoom:1234." in capsys.readouterr().out
        assert run("remap", "--from", "zoom:1234", "--to", "zoom:1234:2026-11-12") == 2
        assert capsys.readouterr().err == "funnel: --from and --to are the same webinar, zoom:1234.\n"


def test_a_dry_run_of_remap_counts_and_moves_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "business" / "forms.yaml").write_text("forms: [{webinar: zoom:1}]")
    with State(place) as state:
        Resolver(state, place / "business").resolve([Arrival("demo", submission(), NOON)])
    for _ in range(2):
        assert run("remap", "--from", "zoom:1", "--to", "zoom:2", "--dry-run") == 0
        assert capsys.readouterr().out == "1 registrations of zoom:1 would be moved to zoom:2.\n"


def test_list_and_check_name_the_service(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("connectors", "list") == 0
    assert "It is the tests' own." in capsys.readouterr().out
    assert run("connectors", "check") == 0
    assert "business/forms.yaml: not there." in capsys.readouterr().out
    (place / "business" / "forms.yaml").write_text("forms: [{}]")
    assert run("connectors", "check", "demo") == 1
    assert "forms.yaml:1: a rule needs exactly one of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example.org", "services post to https addresses only: give it as https://hooks.example.org"),
        ("https://", "that is no address such as https://hooks.example.org"),
    ],
)
def test_a_public_address_has_to_be_one(url: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("connectors", "check", "--public", url) == 2
    assert said in capsys.readouterr().err


def test_the_list_says_in_words_what_services_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_connectors, "connectors", registry.connectors)
    assert run("connectors", "list") == 0
    said = capsys.readouterr().out
    assert "Reports the actual start, joins as they happen, when people leave, each person, watch time to the" in said
    # Neither keys of the contract nor of the code.
    assert not re.search(r"[a-z]_[a-z]", said), said
