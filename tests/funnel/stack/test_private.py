"""What is the owner's alone: files, passwords, and each child's secrets."""

import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from clickhouse.passwords import NAMES, read_passwords
from connectors.registry import connectors
from connectors.settings import ConnectorSettings
from funnel.answers.settings import ApiSettings
from funnel.stack.child import Child, Plan
from funnel.stack.commands import down, up_plan
from funnel.stack.plan import stack_plan
from funnel.stack.private import close_to_others, environment_of, is_secret, open_to_others, with_passwords
from streams.settings import Settings
from tests.funnel.stack.children import SLEEPER, python
from tests.layers.deployed import OF_ALL, OF_SERVICES


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_others_may_read_is_said_and_closed(tmp_path: Path) -> None:
    root, env = tmp_path / "data", tmp_path / ".env"
    (root / "logs").mkdir(parents=True)
    for path in (env, root / "stack.json", root / "logs" / "kafka.log"):
        path.write_text("")
        path.chmod(0o644)
    (root / "kafka").mkdir(mode=0o700)
    for folder in (root, root / "logs"):
        folder.chmod(0o755)
    found = {env, root, root / "stack.json", root / "logs", root / "logs" / "kafka.log"}
    assert set(open_to_others(root, env)) == found
    said = close_to_others(root, env)
    assert len(said) == len(found)
    assert f"{env} was open to other users of this machine (mode 644); now only its owner may use it" in said
    assert not open_to_others(root, env)
    assert not close_to_others(root, env)
    assert (mode(root), mode(env)) == (0o700, 0o600)


def test_what_a_supervisor_and_its_children_make_is_their_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "data"
    config, made = Settings(_env_file=None, data_dir=root), root / "made"
    child = python("one", f"open({str(made)!r}, 'w'); {SLEEPER}")
    before = os.umask(0o022)
    try:
        with Console(stderr=True).status("") as progress:
            up_plan(config, Plan(children=(child,)), progress)
        files = [made, root / "stack.json", root / "logs" / "one.log", root / "logs" / "supervisor.log"]
        assert {path.name: mode(path) for path in files} == {path.name: 0o600 for path in files}
        assert (mode(root), mode(root / "logs")) == (0o700, 0o700)
    finally:
        os.umask(before)
        down(config)


def test_passwords_that_nobody_said_are_made_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES[1:]:
        monkeypatch.delenv(name)
    first = with_passwords(Settings(_env_file=None, data_dir=tmp_path / "data"))
    assert with_passwords(Settings(_env_file=None, data_dir=tmp_path / "data")) == first
    assert first.clickhouse_password.get_secret_value() == os.environ[NAMES[0]]
    made = read_passwords(tmp_path / "data")
    assert first.migrator_clickhouse_password == SecretStr(made["FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD"])


def secrets_of_settings() -> dict[str, type]:
    """Variable -> the settings that have it."""
    return {
        f"{kind.model_config.get('env_prefix')}{name}".upper(): kind
        for kind in (*OF_ALL, *OF_SERVICES)
        for name, field in kind.model_fields.items()
        if "SecretStr" in str(field.annotation) or name in ("credentials", "secrets")
    }


def test_every_secret_of_the_settings_is_known_as_one() -> None:
    named = secrets_of_settings()
    assert len(named) > 15
    assert [name for name in named if not is_secret(name)] == []
    plain = {"FUNNEL_KAFKA_BOOTSTRAP", "FUNNEL_CLICKHOUSE_USER", "FUNNEL_DATA_DIR", "PATH", "HOME", "LANG"}
    assert [name for name in plain if is_secret(name)] == []


def test_each_child_gets_its_own_secrets_only() -> None:
    named = dict.fromkeys(secrets_of_settings(), "x") | {"PATH": "p", "FUNNEL_CLICKHOUSE_PORT": "1"}
    of_clickhouse = set(NAMES)
    of_alerts = {name for name in named if name.startswith("FUNNEL_ALERT_")}
    hashes = {f"FUNNEL_{name.upper()}" for name in ConnectorSettings.model_fields if name == "hash_secret"}
    of_api = {"FUNNEL_API_TOKENS"}
    # The Kafka of a local stack has no logins.
    others = of_clickhouse | of_alerts | of_api | {"FUNNEL_KAFKA_PASSWORD"}
    of_services = {name for name in named if is_secret(name) and name not in others and "GRAFANA" not in name}
    worker = {"FUNNEL_CLICKHOUSE_PASSWORD"}
    wanted = {
        "kafka": set(),
        "clickhouse": of_clickhouse,
        "migrate": {"FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD"},
        "topics": worker,
        "worker-1": worker,
        "business": worker | hashes,
        "alerts": worker | of_alerts,
        "webhooks": of_services,
        "dashboards": {"FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD"},
        "api": {"FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD", *of_api},
    }
    plan = stack_plan(Settings(_env_file=None), workers=1, webhook_port=8090, api=ApiSettings(_env_file=None))
    for child in plan.children:
        given = environment_of(child, named)
        assert given.keys() >= {"PATH", "FUNNEL_CLICKHOUSE_PORT"}
        assert {name for name in given if is_secret(name)} == wanted[child.name], child.name
    prefixes = " ".join(of_services)
    assert all(one.name.upper() in prefixes for one in connectors() if one.name in ("zoom", "goto", "bigmarker"))


def test_a_child_of_which_nothing_is_said_gets_no_secret() -> None:
    child = Child(name="one", command=("x",), ready="exit")
    assert environment_of(child, {"FUNNEL_HASH_SECRET": "x", "PATH": "y", "FUNNEL_EPOCH": "0"}) == {
        "PATH": "y",
        "FUNNEL_EPOCH": "0",
    }
