"""The files of the business change, and within seconds the numbers of the past: Kafka, a worker, the real command."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.toolkit.identity import email_domain_id
from funnel.report.numbers import Question, Row, by_webinar_and_source
from funnel.report.verify import verify
from funnel.stack.plan import settings_environment
from tests.contract_events import hour_long, registration, stay
from tests.e2e.stack import Stack
from tests.e2e.timing import at
from tests.servers.commands import funnel
from tests.servers.processes import end
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.system]

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
DOMAIN = "business.example"


class Business:
    """`funnel business watch` as a process, with its folder."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.folder = folder
        self._stack = stack
        self.environment = os.environ | settings_environment(stack.config)
        self.environment |= {"PYTHONPATH": str(ROOT), "FUNNEL_HASH_SECRET": SECRET, "FUNNEL_BUSINESS_DIR": str(folder)}
        self.log = folder.parent / "business.log"

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def command(self, *arguments: str, status: int = 0) -> str:
        done = funnel(*arguments, folder=self.folder, environment=self.environment)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def business(stack: Stack, tmp_path: Path) -> Iterator[Business]:
    folder = tmp_path / "business"
    folder.mkdir()
    running = Business(stack, folder)
    with running.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "funnel", "business", "watch"],
            cwd=folder,
            env=running.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: "ready: " in running.log.read_text(), "the process is ready")
        yield running
    finally:
        status = end(process)
    assert status == 0, running.log.read_text()


def test_changed_files_change_the_past_within_seconds(stack: Stack, business: Business, webinar_id: str) -> None:
    common: Any = {"webinar_id": webinar_id}
    stack.publish(
        [
            *hour_long(title=f"Learn {webinar_id}", course="of the service", **common),
            *(registration(person, source={"utm_source": webinar_id}, **common) for person in range(3)),
            registration(3, domain_id=email_domain_id(f"x@{DOMAIN}", SECRET), **common),
            *(event for person in (0, 3) for event in stay(person, 0, 40, **common)),
        ]
    )
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(120))["course"] == "of the service"
    assert _groups(stack, webinar_id) == {webinar_id: 3, "No source given": 1}

    business.write("sources.yaml", f"rules:\n- {{group: Ads, when: {{utm_source: '{webinar_id}'}}}}\n")
    until(lambda: _groups(stack, webinar_id) == {"Ads": 3, "No source given": 1}, "the source is sorted", 20)

    business.write("catalogue.yaml", f"rules:\n- {{when: {{title: '*{webinar_id}'}}, set: {{course: Python}}}}\n")
    until(lambda: stack.report(webinar_id, at(120))["course"] == "Python", "the rule names the course", 20)

    business.write("exclusions.yaml", f"domains: [{DOMAIN}]\n")
    until(lambda: _came(stack.report(webinar_id, at(120))) == (3, 1), "the domain is in no number", 20)

    # A source that is new is sorted by the rules that are there.
    later = registration(9, source={"utm_source": webinar_id, "utm_medium": "cpc"}, **common)
    stack.publish([later])
    until(lambda: _groups(stack, webinar_id) == {"Ads": 4}, "the new source is sorted", 30)

    business.write("sources.yaml", "rules: broken\n")
    until(lambda: "the last valid version stays in force" in business.log.read_text(), "the broken file is told", 20)
    assert "Traceback" not in business.log.read_text()
    assert _groups(stack, webinar_id) == {"Ads": 4}
    said = business.command("business", "check", status=1)
    assert said.splitlines()[-1].startswith(f"funnel: {business.folder}/sources.yaml:1: rules: ")
    business.write("sources.yaml", f"rules:\n- {{group: Ads, when: {{utm_source: '{webinar_id}'}}}}\n")

    stack.wait_until_handled()
    assert verify(stack.config).mismatches == []
    explained = business.command("explain", "webinar", webinar_id)
    assert f"course: Python, by the rule at {business.folder}/catalogue.yaml:2" in explained
    assert f"Ads, by the rule at {business.folder}/sources.yaml:2" in business.command("explain", "source", webinar_id)

    for name in ("catalogue.yaml", "sources.yaml", "exclusions.yaml"):
        (business.folder / name).unlink()
    until(lambda: stack.report(webinar_id, at(120))["course"] == "of the service", "the service's word is back", 20)
    until(lambda: _groups(stack, webinar_id) == {webinar_id: 4, "No source given": 1}, "names are back", 20)
    assert _came(stack.report(webinar_id, at(120))) == (5, 2)
    assert f'group: "{webinar_id}"' in business.command("business", "unsorted", "--limit", "1000")
    stack.wait_until_handled()
    assert verify(stack.config).mismatches == []
    assert "statements=0 sources_sorted_anew=0" in business.command("business", "apply")


def _groups(stack: Stack, webinar_id: str) -> dict[str, int]:
    with stack.reader() as client:
        rows = by_webinar_and_source(client, Question(at=at(120), webinar_ids=(webinar_id,)))
    return {row["source_group"]: row["registrations"] for row in rows}


def _came(row: Row) -> tuple[int, int]:
    return row["registrations"], row["visits_all"]
