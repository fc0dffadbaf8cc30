"""docs/tutorial.md, followed by a person whose stack runs already. `make release-check` starts it too, from a wheel."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from funnel.stack.plan import settings_environment
from tests.e2e.stack import Stack
from tests.layers.blocks import blocks
from tests.servers.commands import funnel

WEBINAR = "zoom:95550001111"
STARTED = ("up", "status", "down")
"""What the stack of the tests does itself."""


def test_each_command_works_and_the_numbers_are_those_of_the_page(stack: Stack, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], **settings_environment(stack.config)}
    said: dict[str, str] = {}
    for script, command in _steps():
        if script:
            subprocess.run(["bash", "-euc", script], cwd=tmp_path, env=environment, check=True)
        if command[0] in STARTED:
            continue
        if command[0] != "import":
            stack.wait_until_handled()
        done = funnel(*command, folder=tmp_path, environment={**environment, "COLUMNS": "140"})
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        said[" ".join(command)] = done.stdout
    assert "My first webinar" in said["report"]
    assert "mismatches=0" in said["verify"]
    then = _report(stack, tmp_path, environment, "--at", "2026-11-05T17:11:00Z")
    now = _report(stack, tmp_path, environment)
    assert [now[name] for name in ("registrations", "visits", "visits_5m", "visits_30m")] == [4, 3, 3, 2]
    assert (now["conversion"], then["visits_30m"], then["visits_5m"]) == (0.75, None, 2)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def _report(stack: Stack, folder: Path, environment: dict[str, str], *more: str) -> dict[str, object]:
    done = funnel("report", "--webinar", WEBINAR, "--json", *more, folder=folder, environment=environment)
    row: dict[str, object] = json.loads(done.stdout)[0]
    return row


def _steps() -> Iterator[tuple[str, list[str]]]:
    """Lines for the shell, and the command of ours after them."""
    shell: list[str] = []
    for block in blocks("docs/tutorial.md"):
        for line in block.text.splitlines():
            if line.startswith("funnel "):
                yield "\n".join(shell), line.split()[1:]
                shell = []
            else:
                shell.append(line)
    assert not shell
