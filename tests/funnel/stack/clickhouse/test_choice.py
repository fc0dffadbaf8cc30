"""Which ClickHouse funnel up works with, and that a program on PATH is started with our configuration."""

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from clickhouse.client import connect
from clickhouse.embedded.access import read_access
from clickhouse.migrate import applied, migrations
from funnel.stack.child import Plan
from funnel.stack.clickhouse.choice import EMBEDDED, choose_store
from funnel.stack.clickhouse.server import users
from funnel.stack.commands import down, up_plan
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.plan import settings_environment, stack_plan
from funnel.stack.ports import free_port
from funnel.stack.private import with_passwords
from streams.settings import Settings
from tests.funnel.stack.clickhouse_program import program

PROGRESS = Console(file=io.StringIO()).status("")


@pytest.fixture(autouse=True)
def only_programs_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    return path


def test_without_anything_it_is_the_embedded_engine_and_nothing_is_said(tmp_path: Path) -> None:
    assert choose_store(Settings(_env_file=None), StackFolder(tmp_path)) == EMBEDDED


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"clickhouse_host": "db.example.org"}, "db.example.org:8123 (FUNNEL_CLICKHOUSE_HOST)"),
        ({"clickhouse_addresses": "a:1,b:2", "clickhouse_cluster": "main"}, "a:1, b:2 (FUNNEL_CLICKHOUSE_ADDRESSES)"),
    ],
)
def test_servers_elsewhere_come_first_and_none_is_started_here(
    tmp_path: Path, only_programs_of_the_test: Path, settings: dict[str, str], said: str
) -> None:
    program(only_programs_of_the_test)
    config = Settings(_env_file=None, **settings)  # type: ignore[arg-type]
    store = choose_store(config, StackFolder(tmp_path))
    assert store.said == f"ClickHouse is at {said}: none is started here"
    children = stack_plan(config, workers=1, store=store).children
    assert "clickhouse" not in [child.name for child in children]
    assert not [child.name for child in children if "clickhouse" in child.needs]
    assert {"migrate", "topics"} <= {child.name for child in children}


def test_a_program_on_path_serves_a_new_folder_and_a_folder_keeps_what_it_began_with(
    tmp_path: Path, only_programs_of_the_test: Path
) -> None:
    config, folder = Settings(_env_file=None), StackFolder(tmp_path / "data")
    path = program(only_programs_of_the_test)
    store = choose_store(config, folder)
    assert store.program == str(path)
    place = folder.clickhouse / "server"
    assert store.said == f"ClickHouse is {path} 26.9.2.1, with our configuration in {place / 'config'}"

    (folder.clickhouse / "engine").mkdir(parents=True)
    kept = choose_store(config, folder)
    assert (kept.program, kept.said) == ("", f"The embedded ClickHouse, not {path}: it is this data folder's own")

    (folder.clickhouse / "engine").rmdir()
    place.mkdir()
    assert choose_store(config, folder).program == str(path)
    path.unlink()
    with pytest.raises(StackError, match="there is no program clickhouse on PATH: install it again"):
        choose_store(config, folder)


def test_a_program_that_is_too_old_is_not_used(tmp_path: Path, only_programs_of_the_test: Path) -> None:
    config, folder = Settings(_env_file=None), StackFolder(tmp_path / "data")
    path = program(only_programs_of_the_test, "25.8.1.1")
    store = choose_store(config, folder)
    assert (store.program, store.said) == ("", f"The embedded ClickHouse: {path} is 25.8.1.1, and 26.9 is needed")
    (folder.clickhouse / "server").mkdir(parents=True)
    with pytest.raises(StackError, match=r"is 25.8.1.1, and 26.9 is needed: update it"):
        choose_store(config, folder)
    path.write_text("#!/bin/sh\necho something else\n")
    (folder.clickhouse / "server").rmdir()
    assert "does not tell its version" in choose_store(config, folder).said


def test_our_users_have_the_names_and_the_database_of_the_settings(tmp_path: Path) -> None:
    named = {"clickhouse_user": "writes", "analyst_clickhouse_user": "asks"}
    config = Settings(_env_file=None, clickhouse_database="other", **named)  # type: ignore[arg-type]
    file = tmp_path / "users.xml"
    file.write_text(users(config))
    access = read_access(file)
    assert set(access) == {"writes", "migrator", "grafana", "asks"}
    assert "GRANT SELECT, INSERT ON other.*" in access["writes"].grants
    assert not any("funnel." in grant for one in access.values() for grant in one.grants)
    root = ElementTree.parse(file).getroot()
    assert root.findtext("profiles/grafana/readonly") == "1"


def test_the_program_runs_under_the_supervisor_with_our_configuration(
    tmp_path: Path, only_programs_of_the_test: Path
) -> None:
    path = program(only_programs_of_the_test)
    config = with_passwords(
        Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            clickhouse_port=free_port(),
            clickhouse_password="",
            migrator_clickhouse_password="",
            grafana_clickhouse_password="",
            analyst_clickhouse_password="",
        )
    )
    store = choose_store(config, StackFolder(config.data_dir))
    assert store.program == str(path)
    whole = stack_plan(config, workers=0, store=store)
    plan = Plan(children=tuple(child for child in whole.children if child.name in ("clickhouse", "migrate")))
    try:
        up_plan(config, plan, PROGRESS)
        with connect(config, user="writer") as client:
            assert len(applied(client)) == len(migrations())
    finally:
        down(config)
    place = config.data_dir / "clickhouse" / "server"
    assert (place / "data").is_dir()
    assert (place / "config" / "users.d" / "funnel.xml").stat().st_mode & 0o077 == 0


def test_what_is_empty_in_the_settings_is_empty_for_a_child_whatever_env_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore that is only tried must not reach the cluster that .env names."""
    (tmp_path / ".env").write_text("FUNNEL_CLICKHOUSE_CLUSTER=production\nFUNNEL_CLICKHOUSE_ADDRESSES=db:1\n")
    monkeypatch.chdir(tmp_path)
    assert Settings().clickhouse_cluster == "production"
    for name, value in settings_environment(Settings(_env_file=None)).items():
        monkeypatch.setenv(name, value)
    child = Settings()
    assert (child.clickhouse_cluster, child.clickhouse_addresses) == ("", "")
