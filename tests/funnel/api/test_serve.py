"""`funnel api` as a process, and what it says when it cannot start."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from funnel.answers.settings import answer_settings, api_settings
from funnel.answers.tokens import hashed
from funnel.cli.app import main
from streams.settings import Settings, settings
from tests.layers.sources import ROOT

TOKEN = "a-token-of-twenty-four-letters"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    for known in (settings, answer_settings, api_settings):
        known.cache_clear()
    with pytest.raises(SystemExit) as end:
        main(["api", *arguments])
    found = capsys.readouterr()
    return int(end.value.code or 0), found.out, found.err


def test_a_new_token_comes_with_the_line_for_env(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "--new-token")
    token, line = (text.partition("token: ")[2] or text for text in out.splitlines())
    assert (status, line) == (0, f"FUNNEL_API_TOKENS={hashed(token)}")
    assert said(capsys, "--new-token")[1] != out


def test_it_does_not_start_without_a_token_or_with_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = said(capsys)
    assert (status, err.count("\n")) == (1, 1)
    assert "FUNNEL_API_TOKENS is not set, and without a token nobody could ask: funnel api --new-token" in err
    monkeypatch.setenv("FUNNEL_API_TOKENS", "short")
    status, _, err = said(capsys)
    assert (status, "24 characters or more" in err, len(err.splitlines())) == (1, True, 1)
    monkeypatch.setenv("FUNNEL_API_TOKENS_FILE", "missing.txt")
    monkeypatch.setenv("FUNNEL_API_TOKENS", TOKEN)
    status, _, err = said(capsys)
    assert (status, "No such file" in err, TOKEN in err, len(err.splitlines())) == (1, True, False, 1)
    monkeypatch.delenv("FUNNEL_API_TOKENS_FILE")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, _, err = said(capsys, "--port", str(taken.getsockname()[1]))
    assert (status, "cannot be listened on" in err, len(err.splitlines())) == (1, True, 1)


def test_it_serves_until_it_is_told_to_end(at_school: Settings, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(f"# of the warehouse\n{hashed(TOKEN)}\n")
    environment = {**os.environ, "FUNNEL_API_TOKENS_FILE": str(tmp_path / "tokens")}
    command = [sys.executable, "-m", "funnel", "api", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("ready ").strip()
        assert address.startswith("http://127.0.0.1:")
        assert httpx.get(f"{address}/webinars").status_code == 401
        answer = httpx.get(f"{address}/webinars", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
        assert len(answer.json()["rows"]) == 4
        assert httpx.get(f"{address.removesuffix('/api/v1')}/health").json() == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
