"""Every command and request that docs/api.md, export.md and share.md show works as it stands there."""

import json
import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

from funnel.answers.settings import answer_settings, api_settings
from funnel.answers.source import Answers
from funnel.answers.tokens import hashed
from funnel.api.app import Access, application
from funnel.api.pace import Pace
from funnel.cli.app import main
from funnel.share.pages import Shares
from funnel.share.register import Register
from streams.settings import Settings, settings
from tests.layers.sources import ROOT

TEXTS = {name: (ROOT / f"docs/{name}.md").read_text() for name in ("api", "export", "share")}
BLOCKS = {name: re.findall(r"```(?:json)?\n(.*?)```", text, re.S) for name, text in TEXTS.items()}
COMMANDS = [
    line.split("#")[0].strip() for blocks in BLOCKS.values() for one in blocks for line in one.splitlines() if line
]
NOT_RUN = ("funnel api", "--sheet", "--revoke")
"""It serves until it is stopped, or it needs what the text cannot know; the options exist."""


def test_the_commands_do_what_the_text_says(
    at_school: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for known in (settings, answer_settings, api_settings):
        known.cache_clear()
    monkeypatch.setenv("FUNNEL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    run = [line for line in COMMANDS if line.startswith("funnel ") and not any(one in f"{line} " for one in NOT_RUN)]
    assert len(run) == 9
    said = {}
    for line in run:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line)[1:])
        said[line] = capsys.readouterr().out
        assert not end.value.code, line
    assert said["funnel share zoom:1"].startswith("http://127.0.0.1:8091/share/")
    assert said["funnel share --list"].count("works until") == 3
    assert openpyxl.load_workbook("november.xlsx").sheetnames == ["Report", "Definitions"]
    assert "Registrants: 30" in Path("webinar.html").read_text()
    assert {"sources.csv", "sources.definitions.csv", "each.csv", "all.parquet"} <= {
        one.name for one in tmp_path.iterdir()
    }


def test_the_requests_are_answered(school: Settings, tmp_path: Path) -> None:
    answers, token = Answers(school, 5), "a-token-of-twenty-four-letters"
    app = application(answers, Access((hashed(token),), Pace(100)), Shares(answers, Register(tmp_path)))
    client = TestClient(app)
    asked = [shlex.split(line.replace("$TOKEN", token)) for line in COMMANDS if line.startswith("curl ")]
    assert len(asked) == 5
    for _, _, header, address in asked:
        name, _, value = header.partition(": ")
        answer = client.get(address.removeprefix("http://127.0.0.1:8091"), headers={name: value})
        assert answer.status_code == 200, address
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Webinar Funnel"


def test_the_configuration_of_assistants_is_json() -> None:
    (block,) = [one for one in BLOCKS["api"] if one.startswith("{")]
    assert json.loads(block)["mcpServers"]["webinar-funnel"]["args"] == ["mcp"]
