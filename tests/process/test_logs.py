"""A line of a log: for programs, for people, and never with what an exception quotes."""

import json
import logging
import sys
from io import StringIO

import pytest

from process.logs import JsonLines, Text, as_text, follow, logging_config, parsed


def lines_of(formatter: logging.Formatter, level: int = logging.DEBUG) -> tuple[logging.Logger, StringIO]:
    log, said = logging.Logger("streams.batch", level), StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(formatter)
    log.addHandler(handler)
    return log, said


def test_a_line_is_one_json_object_with_what_is_said_besides() -> None:
    log, said = lines_of(JsonLines("worker-1"))
    log.warning("%d records\ncould not be “read”", 3, extra={"reasons": {"not_json": 3}})
    (line,) = said.getvalue().splitlines()
    found = json.loads(line)
    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "warning",
        "process": "worker-1",
        "logger": "streams.batch",
        "message": "3 records could not be “read”",
        "reasons": {"not_json": 3},
    }
    assert as_text(line.encode()).endswith("WARNING 3 records could not be “read” reasons={'not_json': 3}")


@pytest.mark.parametrize("formatter", [JsonLines("webhooks"), Text()])
def test_of_an_exception_only_its_type_and_its_place_are_told(formatter: logging.Formatter) -> None:
    log, said = lines_of(formatter)
    try:
        raise ValueError("ada@example.org")
    except ValueError:
        log.exception("a request could not be read")
    assert "ada" not in said.getvalue()
    assert "ValueError" in said.getvalue()
    assert "test_logs.py" in said.getvalue()


def test_a_line_of_another_program_stays_as_it_is() -> None:
    for line in (b"[2026-11-30 19:12:00,123] INFO Kafka", b"{half", b'{"a": 1}', b"[1]", b""):
        assert parsed(line) is None
        assert as_text(line) == line.decode()


def test_an_event_is_followed_at_debug_only() -> None:
    log, said = lines_of(JsonLines("worker"))
    follow(log, "decoded", ["zoom:1", "zoom:2"])
    assert [json.loads(line)["event_id"] for line in said.getvalue().splitlines()] == ["zoom:1", "zoom:2"]
    quiet, nothing = lines_of(JsonLines("worker"), logging.INFO)
    follow(quiet, "decoded", (pytest.fail("it was asked for") for _ in range(1)))
    assert nothing.getvalue() == ""


def test_the_level_is_a_setting_and_libraries_only_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_LOG_LEVEL", "debug")
    config = logging_config("worker")
    assert config["loggers"]["streams"]["level"] == "DEBUG"
    assert config["root"]["level"] == "WARNING"
    monkeypatch.setenv("FUNNEL_LOG_LEVEL", "loud")
    monkeypatch.setenv("FUNNEL_PROCESS", "worker-2")
    config = logging_config("worker")
    assert config["loggers"]["streams"]["level"] == "INFO"
    if not sys.stderr.isatty():
        assert config["formatters"]["line"]["process"] == "worker-2"
