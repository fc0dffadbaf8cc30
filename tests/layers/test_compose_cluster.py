"""docker-compose.cluster.yml, its servers' configuration and its proxy against the code and the pages."""

import re
from xml.etree import ElementTree

import pytest

from funnel.stack.private import is_secret
from tests.layers.blocks import blocks, wrong_command
from tests.layers.composed import compose, services
from tests.layers.deployed import ALERTING, OF_ALL, OF_SERVICES, POLLED, Json, interpolated, settings
from tests.layers.sources import ROOT

FILE = "docker-compose.cluster.yml"
SERVICES = services(FILE)
ONE = services("docker-compose.yml")
BROKERS, KEEPERS, REPLICAS = (
    [f"{kind}-{number}" for number in range(1, count + 1)]
    for kind, count in (("kafka", 3), ("keeper", 3), ("clickhouse", 2))
)
WEBHOOKS = ["webhooks-1", "webhooks-2"]
SERVERS = [*BROKERS, *KEEPERS, *REPLICAS]
POLLS = [f"poll-{name}" for name in POLLED]
OF_SERVERS = {"FUNNEL_KEEPER", "FUNNEL_REPLICA"}
"""What the servers' own configuration reads."""


def xml(path: str) -> ElementTree.Element:
    return ElementTree.parse(ROOT / path).getroot()


CLUSTER = xml("clickhouse/server/cluster/cluster.xml")
KEEPER = xml("clickhouse/server/keeper/keeper_config.xml")


def test_the_services_and_how_many() -> None:
    others = ["setup", "worker", *WEBHOOKS, "proxy", "business", *POLLS, "api", "alerts", "grafana", "prometheus"]
    assert list(SERVICES) == [*SERVERS, *others]
    many = {name: one["deploy"].get("replicas", 1) for name, one in SERVICES.items()}
    assert {name: count for name, count in many.items() if count != 1} == {"worker": 3, **dict.fromkeys(POLLS, 2)}


def test_what_runs_the_software_is_as_on_one_machine() -> None:
    """All but where the servers are, how many copies there are, and what waits for what."""
    where = {
        *("FUNNEL_KAFKA_BOOTSTRAP", "FUNNEL_CLICKHOUSE_HOST", "FUNNEL_CLICKHOUSE_ADDRESSES"),
        *("FUNNEL_CLICKHOUSE_CLUSTER", "FUNNEL_REPLICATION_FACTOR", "FUNNEL_MIN_INSYNC_REPLICAS"),
    }
    for name in [name for name in SERVICES if name not in (*SERVERS, "proxy")]:
        here, there = SERVICES[name], ONE["webhooks" if name in WEBHOOKS else name]
        differs = {one for one in here | there if here.get(one) != there.get(one)}
        assert differs <= {"environment", "depends_on", "deploy", "ports", "volumes", "networks"}
        changed = {one for one, value in here["environment"].items() if there["environment"].get(one, "?") != value}
        assert changed <= where
        assert here["deploy"]["resources"] == there["deploy"]["resources"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_confined_bounded_and_pinned(name: str) -> None:
    service = SERVICES[name]
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in service.get("ports") or [])
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?", service["image"])
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert (service["security_opt"], service["cap_drop"]) == (["no-new-privileges:true"], ["ALL"])
    assert not service.keys() & {"privileged", "cap_add", "network_mode"}
    assert bool(service.get("read_only")) == (name not in SERVERS)
    assert re.fullmatch(r"\d+[MG]", service["deploy"]["resources"]["limits"]["memory"])
    assert service["logging"] == {"driver": "json-file", "options": {"max-size": "20m", "max-file": "2"}}
    assert all(value is None or isinstance(value, str) for value in service["environment"].values())
    if name != "setup":
        assert service["healthcheck"].keys() >= {"test", "interval", "timeout", "retries", "start_period"}
        assert service["restart"] in {"always", "unless-stopped"}


@pytest.mark.parametrize("name", SERVICES)
def test_settings_commands_files_and_neighbours_exist(name: str) -> None:
    service = SERVICES[name]
    ours = {one for one in service["environment"] if one.startswith("FUNNEL_")}
    assert ours <= settings(*OF_ALL, *OF_SERVICES).keys() | (OF_SERVERS if name in SERVERS else set())
    command = service.get("command", [])
    assert command[:1] != ["funnel"] or wrong_command(command[1:]) == ""
    assert service.get("depends_on", {}).keys() <= SERVICES.keys()
    for source, target, *mode in (volume.split(":") for volume in service.get("volumes", [])):
        if source.startswith("."):
            assert (ROOT / source).exists(), target
            assert mode == ["ro"]
        else:
            assert source in compose(FILE)["volumes"]


def test_only_what_needs_a_secret_has_it() -> None:
    def given(service: Json) -> set[str]:
        return {one for one, value in service["environment"].items() if is_secret(one) and value != ""}

    for name in SERVICES:
        if name in (*BROKERS, *KEEPERS, "proxy"):
            assert given(SERVICES[name]) == set()
        else:
            there = "clickhouse" if name in REPLICAS else "webhooks" if name in WEBHOOKS else name
            assert given(SERVICES[name]) == given(ONE[there])
    assert interpolated((ROOT / FILE).read_text()) <= settings(*OF_ALL).keys()
    assert not ALERTING.keys() & SERVICES["worker"]["environment"].keys()


def test_brokers_are_where_they_say_and_hold_three_copies_of_which_two_are_needed() -> None:
    advertised = [SERVICES[name]["environment"]["KAFKA_ADVERTISED_LISTENERS"] for name in BROKERS]
    assert advertised == [f"INTERNAL://{name}:19092" for name in BROKERS]
    bootstrap = ",".join(one.removeprefix("INTERNAL://") for one in advertised)
    assert {one["environment"]["FUNNEL_KAFKA_BOOTSTRAP"] for one in SERVICES.values() if _asks_kafka(one)} == {
        bootstrap
    }
    voters = ",".join(f"{number}@{name}:9093" for number, name in enumerate(BROKERS, 1))
    for number, name in enumerate(BROKERS, 1):
        said = SERVICES[name]["environment"]
        assert (said["KAFKA_NODE_ID"], said["KAFKA_CONTROLLER_QUORUM_VOTERS"]) == (str(number), voters)
        assert said["KAFKA_LISTENERS"] == "INTERNAL://:19092,CONTROLLER://:9093"
        assert {value for one, value in said.items() if one.endswith("REPLICATION_FACTOR")} == {"3"}
        assert {value for one, value in said.items() if one.endswith(("MIN_ISR", "MIN_INSYNC_REPLICAS"))} == {"2"}
        assert said["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == said["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE"] == "false"
    for name in ("setup", "worker", "alerts"):
        said = SERVICES[name]["environment"]
        assert (said["FUNNEL_REPLICATION_FACTOR"], said["FUNNEL_MIN_INSYNC_REPLICAS"]) == ("3", "2")


def _asks_kafka(service: Json) -> bool:
    return "FUNNEL_KAFKA_BOOTSTRAP" in service["environment"]


def test_replicas_and_keepers_know_each_other_as_the_services_are_named() -> None:
    cluster = SERVICES["worker"]["environment"]["FUNNEL_CLICKHOUSE_CLUSTER"]
    shard = CLUSTER.find(f"remote_servers/{cluster}/shard")
    assert shard is not None
    assert [one.findtext("host") for one in shard.findall("replica")] == REPLICAS
    addresses = {one["environment"].get("FUNNEL_CLICKHOUSE_ADDRESSES") for one in SERVICES.values()} - {None}
    assert addresses == {",".join(f"{name}:8123" for name in REPLICAS)}
    assert [SERVICES[name]["environment"]["FUNNEL_REPLICA"] for name in REPLICAS] == REPLICAS
    assert [one.findtext("host") for one in CLUSTER.findall("zookeeper/node")] == KEEPERS
    assert {one.findtext("port") for one in CLUSTER.findall("zookeeper/node")} == {KEEPER.findtext(".//tcp_port")}
    members = KEEPER.findall("keeper_server/raft_configuration/server")
    assert [(one.findtext("id"), one.findtext("hostname")) for one in members] == [
        (SERVICES[name]["environment"]["FUNNEL_KEEPER"], name) for name in KEEPERS
    ]
    control = KEEPER.find("keeper_server/http_control")
    assert control is not None
    ready = f"http://127.0.0.1:{control.findtext('port')}{control.findtext('readiness/endpoint')}"
    assert {SERVICES[name]["healthcheck"]["test"][-1] for name in KEEPERS} == {ready}
    read = {one.get("from_env") for root in (CLUSTER, KEEPER) for one in root.iter() if one.get("from_env")}
    assert read == OF_SERVERS


def test_the_files_are_those_of_the_page() -> None:
    """Element by element; here there are two replicas, and what differs between nodes comes from the environment."""
    shown = [ElementTree.fromstring(one.text) for one in blocks("docs/clickhouse-cluster.md") if one.language == "xml"]
    own = {"listen_host", "logger", "level", "console", "http_control", "readiness", "endpoint"}
    for here, there in zip((CLUSTER, KEEPER), shown, strict=True):
        assert {one.tag for one in here.iter()} - {one.tag for one in there.iter()} <= own | {"port"}
        assert {one.tag for one in there.iter()} <= {one.tag for one in here.iter()}


def test_nobody_shares_a_folder_that_has_to_be_its_own() -> None:
    named = [volume.split(":")[0] for name in (*SERVERS, *WEBHOOKS) for volume in SERVICES[name]["volumes"]]
    own = [name for name in named if not name.startswith(".")]
    assert len(own) == len(set(own)) == len(SERVERS) + len(WEBHOOKS)


def test_the_proxy_forwards_webhooks_to_both_servers_and_queries_to_both_replicas() -> None:
    text = (ROOT / "docs/proxy/cluster.conf").read_text()
    (source,) = [one.split(":")[0] for one in SERVICES["proxy"]["volumes"]]
    assert (ROOT / source).read_text() == text
    behind = dict(re.findall(r"upstream (\w+) \{(.*?)\n\}", text, re.DOTALL))
    port = SERVICES["webhooks-1"]["environment"]["FUNNEL_WEBHOOK_PORT"]
    assert re.findall(r"server (\S+) ", behind["webhooks"]) == [f"{name}:{port}" for name in WEBHOOKS]
    assert re.findall(r"server (\S+) ", behind["clickhouse"]) == [f"{name}:8123" for name in REPLICAS]
    front, back = text.split("\nserver {")[1:]
    assert re.findall(r"location (\S+ ?\S*) \{", front) == ["/webhooks/", "= /ready", "/"]
    assert "X-Forwarded-For $proxy_add_x_forwarded_for" in front
    assert SERVICES["proxy"]["ports"] == ["127.0.0.1:8090:8090"]
    assert "listen 8090;" in front
    assert "listen 8123;" in back
    grafana = SERVICES["grafana"]["environment"]
    assert (grafana["FUNNEL_CLICKHOUSE_HOST"], grafana["FUNNEL_CLICKHOUSE_PORT"]) == ("proxy", "8123")
    assert all(not SERVICES[name].get("ports") for name in WEBHOOKS)


def test_the_setup_waits_for_every_server() -> None:
    assert SERVICES["setup"]["depends_on"].keys() == {*BROKERS, *REPLICAS}
    waiting = [name for name, one in SERVICES.items() if "setup" in one.get("depends_on", {})]
    assert waiting == ["worker", *WEBHOOKS, "business", *POLLS, "api", "alerts", "grafana"]
