"""`funnel business`, `explain` and `compare` as a user types them: status, and one line for what goes wrong."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.fold.lines import TotalsRow, line
from streams.settings import Settings
from tests.contract_events import at, hour_long, registration, stay
from tests.rows import insert, put
from tests.servers import commands
from tests.servers.clickhouse import PASSWORDS

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "connectors/samples/business"
SECRET = {"FUNNEL_HASH_SECRET": "s" * 16}
NOBODY = {"FUNNEL_CLICKHOUSE_PORT": "1", "FUNNEL_KAFKA_BOOTSTRAP": "127.0.0.1:1"}


def funnel(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
    environment = {**plain, **PASSWORDS, "FUNNEL_BUSINESS_DIR": str(folder), **environment}
    return commands.funnel(*arguments, folder=ROOT, environment=environment)


def leads_to(config: Settings) -> dict[str, str]:
    return {
        "FUNNEL_CLICKHOUSE_PORT": str(config.clickhouse_port),
        "FUNNEL_CLICKHOUSE_DATABASE": config.clickhouse_database,
    }


def test_check_says_good_or_names_every_line_and_needs_no_server(tmp_path: Path) -> None:
    good = funnel(SAMPLES, "business", "check", **SECRET, **NOBODY)
    assert (good.returncode, good.stdout) == (
        0,
        "good: catalogue.yaml, sources.yaml, exclusions.yaml, notes.yaml\n",
    )
    without = funnel(SAMPLES, "business", "check", FUNNEL_HASH_SECRET="", **NOBODY)
    assert without.returncode == 1
    assert [text.removeprefix("funnel: ").partition(": ")[0] for text in without.stderr.splitlines()] == [
        f"{SAMPLES}/catalogue.yaml:15",
        f"{SAMPLES}/exclusions.yaml:3",
    ]
    (tmp_path / "sources.yaml").write_text("rules:\n- {group: VK, wen: {utm_source: vk}}\n")
    wrong = funnel(tmp_path, "business", "check", **NOBODY)
    assert wrong.returncode == 1
    assert f"{tmp_path}/sources.yaml:2: unknown key wen; did you mean when?" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_folder_that_is_not_there_is_told_and_is_no_error(tmp_path: Path) -> None:
    said = funnel(tmp_path / "nowhere", "business", "check", **NOBODY)
    assert said.returncode == 0
    assert said.stderr.startswith(f"funnel: there is no folder {tmp_path}/nowhere, so no rules apply; copy the samples")


def test_without_servers_each_command_is_one_line(tmp_path: Path) -> None:
    for arguments in (
        ("business", "apply"),
        ("business", "unsorted"),
        ("explain", "source", "vk"),
        ("compare", "zoom:1"),
    ):
        said = funnel(tmp_path, *arguments, **NOBODY)
        assert said.returncode == 1, arguments
        assert said.stderr.startswith("funnel: ClickHouse does not answer at 127.0.0.1:1"), said.stderr
        assert said.stderr.count("\n") == 1


def test_explain_and_unsorted_answer_from_the_store(store: Client, own_config: Settings, tmp_path: Path) -> None:
    put(store, own_config, [*hour_long(title="Learn Python"), registration(1, source={"utm_source": "vk"})])
    there = leads_to(own_config) | SECRET
    (tmp_path / "catalogue.yaml").write_text("rules:\n- {when: {title: '*python'}, set: {course: Python}}\n")
    said = funnel(tmp_path, "explain", "webinar", "zoom:1", **there).stdout
    assert f"  course: Python, by the rule at {tmp_path}/catalogue.yaml:2\n" in said
    assert funnel(tmp_path, "explain", "webinar", "zoom:77", **there).returncode == 1
    assert funnel(tmp_path, "explain", "source", "vk", **there).stdout == (
        "utm_source vk: vk, its own name; no rule sorts it\n"
    )
    assert funnel(tmp_path, "business", "unsorted", **there).stdout == (
        '  # 1 people: utm_source vk\n  - group: "vk"\n    when: {utm_source: "vk"}\n'
    )
    (tmp_path / "sources.yaml").write_text("rules:\n- {group: VK, when: {utm_source: vk}}\n")
    assert funnel(tmp_path, "business", "unsorted", **there).stdout == "Every source is sorted.\n"


def test_compare_explains_the_difference(store: Client, own_config: Settings, tmp_path: Path) -> None:
    events = [*hour_long(title="One"), registration(1), registration(2, -50, "cancelled"), *stay(1, 0, 40)]
    put(store, own_config, events)
    nothing: Any = dict.fromkeys(TotalsRow._fields[5:]) | {"stayed": {}}
    said = TotalsRow("zoom:1", "zoom-report", at(90), "e", "{}", **nothing | {"registrations": 2, "visits_all": 2})
    insert(store, "totals", TotalsRow, [line(said)])
    there = leads_to(own_config) | {"COLUMNS": "80"}
    text = funnel(tmp_path, "compare", "zoom:1", "--at", "2026-11-23T00:00:00Z", **there).stdout
    assert text == (
        "zoom:1: One\n\n"
        "Registrants: zoom-report says 2, we say 1.\n"
        "   1  our number, Registrants\n"
        "  +1  cancelled or denied\n"
        "   2  the number of zoom-report\n\n"
        "Joined (any length): zoom-report says 2, we say 1.\n"
        "   1  our number, Joined (any length)\n"
        "  +1  not explained\n"
        "   2  the number of zoom-report\n"
    )
    rows = json.loads(funnel(tmp_path, "compare", "zoom:1", "--at", "2026-11-23T00:00:00Z", "--json", **there).stdout)
    assert [(row["number"], row["theirs"], row["not_explained"]) for row in rows] == [
        ("registrations", 2, 0),
        ("visits_all", 2, 1),
    ]
    assert funnel(tmp_path, "compare", "zoom:77", **there).returncode == 1
