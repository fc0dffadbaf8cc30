"""docker-compose.yml, the images and .env.example against the code: none of them can be started by these tests."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from alerts.settings import AlertSettings
from clickhouse.passwords import NAMES
from clickhouse.settings import ALONE
from connectors.registry import connectors
from connectors.settings import ConnectorSettings
from contract.topics import PARTITIONS
from funnel.stack.grafana.choice import PLUGIN, Grafana
from funnel.stack.grafana.server import environment
from funnel.stack.grafana.settings import GrafanaSettings
from funnel.stack.private import is_secret
from grafana.base import PLUGIN_VERSION
from grafana.preview.shared import SECONDS
from process.beat import SILENT, SLOW
from process.heartbeat import VARIABLE
from process.meters import VARIABLE as METRICS_VARIABLE
from process.metrics import METRICS
from streams.settings import Settings
from tests.layers.deployed import (
    ALERTING,
    OF_ALL,
    OF_SERVICES,
    OF_USERS,
    POLLED,
    USERS_OF,
    Json,
    env_example,
    interpolated,
    settings,
)
from tests.layers.sources import ROOT

COMPOSE: Json = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Json] = COMPOSE["services"]
LASTING = ["kafka", "clickhouse", "worker", "webhooks", "business", "api", "alerts", "grafana", "prometheus"]
CONNECTORS = ["webhooks", "business", "poll-zoom", "poll-bigmarker", "poll-goto", "poll-livestorm", "poll-sheets"]
APPLICATION = ["setup", "worker", "alerts"]
each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def mounts(service: Json) -> dict[str, Path]:
    """Path within the container -> path in the repository, of what is mounted from the repository."""
    pairs = [volume.split(":") for volume in service.get("volumes", [])]
    return {pair[1]: ROOT / pair[0] for pair in pairs if pair[0].startswith(".")}


def test_the_services() -> None:
    servers, application = ["kafka", "clickhouse"], ["setup", "worker", *CONNECTORS, "api", "alerts"]
    assert list(SERVICES) == [*servers, *application, "grafana", "prometheus"]
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


@each_service
def test_ports_are_published_on_loopback_only(service: Json) -> None:
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in service.get("ports", []))
    assert "network_mode" not in service


@each_service
def test_images_are_pinned(service: Json) -> None:
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?", service["image"])


def test_own_images_carry_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for name in (*APPLICATION, "grafana"):
        assert SERVICES[name]["image"].endswith(f":{version}")
        assert (ROOT / SERVICES[name]["build"] / "Dockerfile").is_file()


@pytest.mark.parametrize("path", ["Dockerfile", "grafana/Dockerfile"])
def test_base_images_are_pinned_and_nobody_is_root(path: str) -> None:
    lines = (ROOT / path).read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    assert bases
    assert all(re.search(r":\d+\.\d+\.\d+", base) for base in bases)
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users[-1].split(":")[0].isdigit()
    assert int(users[-1].split(":")[0]) > 0


@each_service
def test_no_service_is_root_or_may_become_it(service: Json) -> None:
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]
    assert not service.keys() & {"privileged", "cap_add"}


def test_no_service_writes_into_its_image_but_the_two_whose_images_do() -> None:
    assert [name for name, service in SERVICES.items() if not service.get("read_only")] == ["kafka", "clickhouse"]
    assert all("/tmp:mode=1777,size=256m" in one["tmpfs"] for one in SERVICES.values() if one.get("read_only"))


@each_service
def test_memory_is_bounded(service: Json) -> None:
    assert re.fullmatch(r"\d+[MG]", service["deploy"]["resources"]["limits"]["memory"])


@each_service
def test_what_is_printed_is_bounded(service: Json) -> None:
    assert service["logging"] == {"driver": "json-file", "options": {"max-size": "20m", "max-file": "2"}}


@each_service
def test_values_of_the_environment_are_text(service: Json) -> None:
    assert all(value is None or isinstance(value, str) for value in service["environment"].values())


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_and_restarted(name: str) -> None:
    assert SERVICES[name]["healthcheck"].keys() >= {"test", "interval", "timeout", "retries", "start_period"}
    assert SERVICES[name]["restart"] in {"always", "unless-stopped"}


@pytest.mark.parametrize("name", LASTING)
def test_what_does_not_work_is_told_within_half_a_minute(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    seconds = {key: int(check[key].removesuffix("s")) for key in ("interval", "timeout")}
    if check["test"][-1] == "process.heartbeat":
        # It answers at once, of a file that says for how long there has been no progress.
        assert max(SILENT, SLOW) + seconds["interval"] * check["retries"] <= 30
    else:
        assert (seconds["interval"] + seconds["timeout"]) * check["retries"] <= 30


def test_setup_runs_once_after_the_servers_and_before_the_rest() -> None:
    healthy, completed = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert SERVICES["setup"]["restart"] == "no"
    assert SERVICES["setup"]["depends_on"] == {"kafka": healthy, "clickhouse": healthy}
    assert SERVICES["worker"]["depends_on"] == {"kafka": healthy, "clickhouse": healthy, "setup": completed}
    assert SERVICES["grafana"]["depends_on"] == {"clickhouse": healthy, "setup": completed}


def test_setup_runs_modules_that_exist_topics_first() -> None:
    modules = re.findall(r"python -m ([\w.]+)", SERVICES["setup"]["command"][-1])
    assert modules == ["streams.create_topics", "clickhouse.migrate"]
    assert all(importlib.util.find_spec(module) for module in modules)


def test_the_worker_is_the_command_of_the_project() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert SERVICES["worker"]["command"][0] in scripts
    assert SERVICES["worker"]["command"][1:] == ["worker"]


def test_env_example_holds_every_setting_with_its_default_and_nothing_else() -> None:
    assert env_example() == settings(*OF_ALL)
    assert env_example("# ") == settings(*OF_SERVICES)


def test_env_example_explains_each_name() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = [place for place, line in enumerate(lines) if re.match(r"(# )?[A-Z_]+=", line)]
    assert all(re.match(r"# (?![A-Z_]+=)", lines[place - 1]) for place in names)


def test_the_secrets_without_a_default_are_left_to_the_user() -> None:
    example = env_example()
    elsewhere = {"FUNNEL_GRAFANA_URL", "FUNNEL_GRAFANA_TOKEN"} | {name for name in example if "_KAFKA_" in name}
    elsewhere |= {f"FUNNEL_{name.upper()}" for name, value in ALONE.items() if value == ""}
    empty = [name for name, value in example.items() if not value and name not in elsewhere]
    assert empty == ["GRAFANA_ADMIN_PASSWORD", "FUNNEL_HASH_SECRET", *NAMES]
    assert "changeme" not in str(COMPOSE).lower()
    for name in empty:
        assert f"${{{name}:?is not set; ./start.sh makes it, in .env}}" in str(COMPOSE)
    password = SERVICES["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"]
    assert password.startswith("${GRAFANA_ADMIN_PASSWORD:?")


@pytest.mark.parametrize("name", APPLICATION)
def test_the_application_gets_every_setting_of_the_streams_and_no_more(name: str) -> None:
    fields = {f"FUNNEL_{field.upper()}" for field in Settings.model_fields}
    of_alerts = {f"FUNNEL_ALERT_{field.upper()}" for field in ALERTING}
    # The folder and the preview are the local stack's; the key of the hashes is for the ways in.
    left_out = {"FUNNEL_DATA_DIR", "FUNNEL_DISK_RESERVE_MB", "FUNNEL_DASHBOARDS_PORT", "FUNNEL_METRICS_PORT"} | OF_USERS
    wanted = fields - left_out
    wanted |= set(USERS_OF["worker"])
    if name == "setup":
        wanted |= set(USERS_OF["migrator"])
    if name == "alerts":
        wanted |= of_alerts | {"FUNNEL_BUSINESS_DIR"}
    assert SERVICES[name]["environment"].keys() == wanted


def test_alerts_read_the_thresholds_of_the_business() -> None:
    service = SERVICES["alerts"]
    assert mounts(service)[service["environment"]["FUNNEL_BUSINESS_DIR"]] == ROOT / "business"


def test_what_compose_takes_from_the_environment_is_in_env_example() -> None:
    assert interpolated((ROOT / "docker-compose.yml").read_text()) <= env_example().keys() | env_example("# ").keys()


def test_a_service_gets_the_secrets_that_it_has_a_use_for() -> None:
    given = {
        name: {one for one, value in service["environment"].items() if is_secret(one) and value != ""}
        for name, service in SERVICES.items()
    }
    worker, migrator, reader, analyst = NAMES
    alerts = {f"FUNNEL_ALERT_{name.upper()}" for name in ALERTING if is_secret(f"FUNNEL_ALERT_{name.upper()}")}
    kafka = {"FUNNEL_KAFKA_PASSWORD"}
    hashes = {"FUNNEL_HASH_SECRET", *kafka}
    polled = {f"poll-{name}": hashes | of_service(kind) for name, kind in POLLED.items()}
    of_grafana = {"GF_SECURITY_ADMIN_PASSWORD", "GRAFANA_ALERT_SLACK_URL", "GRAFANA_ALERT_TELEGRAM_TOKEN"}
    assert given == {
        "kafka": set(),
        "clickhouse": {worker, migrator, reader, analyst},
        "setup": {worker, migrator, *kafka},
        "worker": {worker, *kafka},
        "webhooks": hashes,
        "business": {worker, *hashes},
        **polled,
        "api": {reader, "FUNNEL_API_TOKENS"},
        "alerts": {worker, *kafka, *alerts},
        "grafana": {reader, "GRAFANA_ALERT_WEBHOOK_URL", *of_grafana},
        "prometheus": set(),
    }


def test_only_the_webhook_server_reads_env_and_not_the_secrets_of_others() -> None:
    assert [name for name, one in SERVICES.items() if "env_file" in one] == ["webhooks"]
    assert SERVICES["webhooks"]["env_file"] == [{"path": ".env", "required": False}]
    own = (
        "FUNNEL_HASH_SECRET",
        "FUNNEL_KAFKA_PASSWORD",
        *(f"FUNNEL_{name.upper()}_" for name in {one.name for one in connectors()} | {"generic"}),
    )
    in_env = {name for name in env_example() | env_example("# ") if is_secret(name)}
    foreign = {name for name in in_env if not name.startswith((*own, "FUNNEL_SHEETS_", "FUNNEL_TABLE_"))}
    emptied = {name for name, value in SERVICES["webhooks"]["environment"].items() if value == ""}
    assert emptied == foreign


def of_service(kind: type[BaseSettings]) -> set[str]:
    return {name for name in settings(kind) if is_secret(name)}


@pytest.mark.parametrize("name", POLLED)
def test_a_poll_gets_every_setting_of_its_service_and_of_no_other(name: str) -> None:
    environment = SERVICES[f"poll-{name}"]["environment"]
    others = {one for kind in OF_SERVICES if kind is not POLLED[name] for one in settings(kind)}
    assert environment.keys() >= settings(POLLED[name]).keys()
    assert not environment.keys() & others


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_has_the_key_of_the_hashes_and_a_place_for_its_state(name: str) -> None:
    service = SERVICES[name]
    environment = service["environment"]
    assert environment["FUNNEL_HASH_SECRET"].startswith("${FUNNEL_HASH_SECRET:?")
    assert f"connector-data:{environment['FUNNEL_DATA_DIR']}" in service["volumes"]
    assert f"-o 10001 -g 10001 {environment['FUNNEL_DATA_DIR']}" in (ROOT / "Dockerfile").read_text()
    assert mounts(service)[environment["FUNNEL_BUSINESS_DIR"]].name == str(
        ConnectorSettings.model_fields["business_dir"].default
    )
    known = settings(*OF_ALL, *OF_SERVICES)
    assert {name for name in environment if name.startswith("FUNNEL_")} <= known.keys()


def test_the_services_that_can_be_polled_are_those_of_the_registry() -> None:
    polled = {one.name for one in connectors() if one.open_poll}
    assert {name.removeprefix("poll-") for name in CONNECTORS if name.startswith("poll-")} == polled
    for name in polled:
        assert SERVICES[f"poll-{name}"]["command"] == ["funnel", "connectors", "poll", name]
        assert SERVICES[f"poll-{name}"]["profiles"] == [name]


def test_topics_are_made_with_the_partitions_of_the_settings_only() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert "KAFKA_NUM_PARTITIONS" not in SERVICES["kafka"]["environment"]
    assert {SERVICES[name]["environment"]["FUNNEL_PARTITIONS"] for name in APPLICATION} == {None}
    assert env_example()["FUNNEL_PARTITIONS"] == str(PARTITIONS)


def test_the_servers_are_where_the_application_looks_for_them() -> None:
    environment, kafka = SERVICES["worker"]["environment"], SERVICES["kafka"]["environment"]
    advertised = dict(one.split("://") for one in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    assert advertised == {"INTERNAL": environment["FUNNEL_KAFKA_BOOTSTRAP"], "HOST": Settings().kafka_bootstrap}
    assert kafka["KAFKA_LISTENERS"].startswith("INTERNAL://:19092,HOST://:9092,")
    assert environment["FUNNEL_CLICKHOUSE_HOST"] in SERVICES
    assert environment["FUNNEL_CLICKHOUSE_PORT"] == "8123"


def test_from_the_host_the_servers_are_where_the_settings_say() -> None:
    example = env_example()
    assert SERVICES["kafka"]["ports"] == [f"{example['FUNNEL_KAFKA_BOOTSTRAP']}:9092"]
    assert SERVICES["clickhouse"]["ports"] == [f"127.0.0.1:{example['FUNNEL_CLICKHOUSE_PORT']}:8123"]


def test_data_is_kept_in_named_volumes() -> None:
    kept = {
        volume.split(":")[1]: volume.split(":")[0] for one in SERVICES.values() for volume in one.get("volumes", [])
    }
    named = {path: name for path, name in kept.items() if name in COMPOSE["volumes"]}
    places = {"/var/lib/kafka/data", "/var/lib/clickhouse", "/var/lib/grafana", "/var/lib/funnel", "/prometheus"}
    assert named.keys() == places
    assert SERVICES["kafka"]["environment"]["KAFKA_LOG_DIRS"] == "/var/lib/kafka/data"


@each_service
def test_what_is_mounted_exists_and_is_not_written(service: Json) -> None:
    assert all(path.exists() for path in mounts(service).values())
    assert all(volume.endswith(":ro") for volume in service.get("volumes", []) if volume.startswith("."))


def test_grafana_finds_its_dashboards_and_names() -> None:
    grafana, mounted = SERVICES["grafana"], mounts(SERVICES["grafana"])
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.name == "today.json"
    assert (mounted[str(home.parents[1])] / home.parent.name / home.name).is_file()
    for file in (ROOT / "grafana/provisioning").rglob("*.yaml"):
        assert interpolated(file.read_text()) <= grafana["environment"].keys()
    folders = set()
    for file in (ROOT / "grafana/provisioning/dashboards").glob("*.yaml"):
        (provider,) = yaml.safe_load(file.read_text())["providers"]
        folder = Path(provider["options"]["path"])
        place = mounted.get(str(folder)) or mounted[str(folder.parent)] / folder.name
        assert list(place.glob("*.json"))
        folders.add(folder.name)
    assert folders == {"team", *(path.name for path in (ROOT / "grafana/dashboards").iterdir())}
    assert grafana["environment"]["GF_AUTH_ANONYMOUS_ENABLED"] == "false"


def test_funnel_up_starts_grafana_with_the_settings_of_compose() -> None:
    of_compose = {name: resolved(value) for name, value in SERVICES["grafana"]["environment"].items()}
    own = GrafanaSettings(_env_file=None, grafana_admin_password=SecretStr("GRAFANA_ADMIN_PASSWORD"))
    ours = Settings(_env_file=None, grafana_clickhouse_password=SecretStr("FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD"))
    local = environment(Grafana("/bin/grafana", Path("/plugins")), ours, own, {})
    placed = {name for name in local if name.startswith(("GF_PATHS_", "GF_SERVER_"))}
    # On one machine Grafana knows its address itself.
    assert of_compose.pop("GF_SERVER_ROOT_URL") == AlertSettings(_env_file=None).grafana_url
    assert local.keys() - placed == of_compose.keys() | {"GF_PLUGINS_PREINSTALL_DISABLED"}
    home = "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"
    differs = {"FUNNEL_CLICKHOUSE_HOST", home}
    assert {name for name, value in of_compose.items() if local[name] != value} == differs
    assert Path(local[home]).is_file()
    assert Path(local[home]).parts[-3:] == Path(of_compose[home]).parts[-3:]


def test_funnel_up_wants_the_plugin_of_the_image() -> None:
    text = (ROOT / "grafana/Dockerfile").read_text()
    assert f"plugins install {PLUGIN} {PLUGIN_VERSION}" in text
    assert "GF_PLUGINS_PREINSTALL_DISABLED=true" in text


def resolved(value: str) -> str:
    """What compose makes of a value where .env says nothing; of a variable that must be there, its name."""
    return re.sub(r"\$\{(\w+):([-?])([^}]*)\}", lambda found: found[3] if found[2] == "-" else found[1], value)


def test_clickhouse_has_the_users_of_the_settings_and_no_other() -> None:
    users = clickhouse_xml("users.d").find("users")
    assert users is not None
    said = {name: value for one in SERVICES.values() for name, value in one["environment"].items()}
    names = {user.tag for user in users if user.get("remove") is None}
    assert names == {settings(Settings)[name] for name, _ in USERS_OF.values()}
    # No service is an analyst.
    assert names - {"analyst"} == {said[name] for name, _ in USERS_OF.values() if name in said}
    assert [user.tag for user in users if user.get("remove")] == ["default"]
    for user in users.findall("*[password]"):
        password = user.find("password")
        assert password is not None
        assert password.text is None
        assert password.get("from_env") in SERVICES["clickhouse"]["environment"]


def test_grafana_only_reads_the_database_and_may_bound_its_queries() -> None:
    root = clickhouse_xml("users.d")
    database = SERVICES["grafana"]["environment"]["FUNNEL_CLICKHOUSE_DATABASE"]
    assert root.findtext("users/grafana/profile") == "grafana"
    assert [one.text for one in root.findall("users/grafana/grants/query")] == [
        f"GRANT SELECT ON {database}.*",
        f"REVOKE SELECT(event) ON {database}.events",
    ]
    assert root.findtext("profiles/grafana/readonly") == "1"
    assert root.findtext("profiles/grafana/query_cache_ttl") == f"{SECONDS:g}"
    bound = root.find("profiles/grafana/constraints/max_execution_time")
    assert bound is not None
    assert bound.find("changeable_in_readonly") is not None
    source = yaml.safe_load((ROOT / "grafana/provisioning/datasources/clickhouse.yaml").read_text())["datasources"][0]
    assert int(source["jsonData"]["queryTimeout"]) <= int(bound.findtext("max", "0"))
    replace = "access_control_improvements/settings_constraints_replace_previous"
    assert clickhouse_xml("config.d").findtext(replace) == "true"


def clickhouse_xml(folder: str) -> ElementTree.Element:
    return ElementTree.parse(ROOT / "clickhouse/server" / folder / "funnel.xml").getroot()


def test_the_image_holds_only_hashed_packages_and_no_secrets() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    # What is not downloaded by hash comes from the files that were.
    commands = re.findall(r"^\s*(?:RUN )?pip .*", text, re.MULTILINE)
    assert len(commands) == 3
    assert all("--require-hashes" in one or "--no-index" in one for one in commands)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    assert "!.env" not in ignored
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {f"!{name.rstrip('*')}/" for name in packages} <= set(ignored)


@pytest.mark.parametrize("name", ["worker", "business", "alerts", *(name for name in CONNECTORS if "poll" in name)])
def test_the_health_of_what_answers_no_requests_is_its_sign_of_life(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "python", "-m", "process.heartbeat"]
    assert f"{VARIABLE}=/tmp/heartbeat" in (ROOT / "Dockerfile").read_text()


def test_prometheus_asks_every_process_of_ours_and_is_started_on_request() -> None:
    assert SERVICES["prometheus"]["profiles"] == ["metrics"]
    scraped = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())
    (job,) = scraped["scrape_configs"]
    named = {name for one in job["dns_sd_configs"] for name in one["names"]}
    assert named == {"worker", "alerts", "api", *CONNECTORS}
    (port,) = {one["port"] for one in job["dns_sd_configs"]}
    assert f"{METRICS_VARIABLE}=0.0.0.0:{port}" in (ROOT / "Dockerfile").read_text()
    assert not any(str(port) in one for service in SERVICES.values() for one in service.get("ports", []))
    rules = yaml.safe_load((ROOT / "prometheus/rules.yml").read_text())["groups"][0]["rules"]
    asked = {name for one in rules for name in re.findall(r"(?:funnel|process)_\w+", one["expr"])}
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in asked} <= {one.name for one in METRICS}


def start(folder: Path) -> tuple[dict[str, str], str]:
    """What ./start.sh leaves in .env, and what it says, with a `docker` that prints its arguments."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "docker").write_text('#!/bin/sh\necho "docker $@"\n')
    (folder / "bin" / "docker").chmod(0o755)
    for name in ("start.sh", ".env.example"):
        shutil.copy(ROOT / name, folder / name)
    path = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    ended = subprocess.run([folder / "start.sh", "--build"], env=path, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "docker compose up -d --build"
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", (folder / ".env").read_text(), re.M)), ended.stdout


def test_the_first_start_makes_every_secret_for_its_owner_only(tmp_path: Path) -> None:
    wanted = ["GRAFANA_ADMIN_PASSWORD", "FUNNEL_HASH_SECRET", *NAMES]
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found, said = start(tmp_path / name)
        made += [found[one] for one in wanted]
        assert found.keys() == env_example().keys()
        assert stat.S_IMODE((tmp_path / name / ".env").stat().st_mode) == 0o600
        assert not any(found[one] in said for one in wanted)
    assert all(re.fullmatch("[0-9a-f]{48}", one) for one in made)
    assert len(set(made)) == len(made)


def test_a_later_start_keeps_what_is_said_and_adds_what_is_new(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FUNNEL_CLICKHOUSE_PASSWORD=funnel\nFUNNEL_HASH_SECRET=of mine # x\n# a comment")
    (tmp_path / ".env").chmod(0o644)
    first, _ = start(tmp_path)
    assert (first["FUNNEL_CLICKHOUSE_PASSWORD"], first["FUNNEL_HASH_SECRET"]) == ("funnel", "of mine # x")
    assert len(first["FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD"]) == 48
    assert "# a comment" in (tmp_path / ".env").read_text()
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert start(tmp_path)[0] == first
