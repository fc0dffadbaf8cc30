"""The Helm chart against the code: by what it renders, which is committed. Where helm is at hand, rendered again."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from alerts.settings import AlertSettings
from connectors.registry import connectors
from funnel.stack.private import is_secret
from tests.layers.blocks import wrong_command
from tests.layers.composed import services
from tests.layers.deployed import OF_ALL, OF_SERVICES, POLLED, USERS_OF, Json, settings
from tests.layers.sources import ROOT

HELM = os.environ.get("HELM") or shutil.which("helm")
KUBERNETES = ("--kube-version", "1.37.0")
FOLDER = ROOT / "deploy/helm"
CHART = FOLDER / "webinar-funnel"
GOLDEN = {"default": (), "cluster": ("-f", str(FOLDER / "examples/cluster.yaml"))}
"""Name of the rendered file -> arguments."""
COMPOSED = services("docker-compose.yml")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
KNOWN = settings(*OF_ALL, *OF_SERVICES)
WORKER, MIGRATOR, READER, *_ = (names[1] for names in USERS_OF.values())
PLAIN = (ROOT / "connectors/webhooks/app.py", ROOT / "funnel/api/app.py")

needs_helm = pytest.mark.skipif(
    HELM is None, reason="helm is neither on PATH nor where HELM says; its output is committed"
)
each_golden = pytest.mark.parametrize("golden", GOLDEN)


@cache
def resources(golden: str) -> list[Json]:
    text = (FOLDER / f"golden/{golden}.yaml").read_text()
    return [one for one in yaml.load_all(text, yaml.CSafeLoader) if one]


def pods(golden: str) -> Iterator[tuple[str, Json, Json]]:
    """Component, the resource and the pod's specification, of all that run."""
    for one in resources(golden):
        if "template" in one.get("spec", {}):
            template = one["spec"]["template"]
            yield template["metadata"]["labels"]["app.kubernetes.io/component"], one, template["spec"]


def containers(golden: str) -> Iterator[tuple[str, Json]]:
    """The name of the process, and its container."""
    for _, _, spec in pods(golden):
        for one in [*spec.get("initContainers", []), *spec["containers"]]:
            yield one["name"], one


def environment(container: Json) -> dict[str, str]:
    """Setting -> its value, or "secret:" and the name of the Secret whose key of the same name it is."""
    said = {}
    for one in container["env"]:
        source = one.get("valueFrom", {}).get("secretKeyRef")
        assert source is None or source["key"] == one["name"]
        assert one["name"] not in said
        said[one["name"]] = one["value"] if source is None else f"secret:{source['name']}"
    return said


def of_compose(name: str) -> Json:
    return COMPOSED["setup" if name in ("topics", "migrate") else name]


@needs_helm
@each_golden
def test_helm_renders_what_is_committed(golden: str) -> None:
    linted = [str(HELM), "lint", "--strict", *KUBERNETES, str(CHART), *GOLDEN[golden]]
    done = subprocess.run(linted, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rendered = [str(HELM), "template", "funnel", str(CHART), "-n", "funnel", *KUBERNETES, *GOLDEN[golden]]
    done = subprocess.run(rendered, capture_output=True, text=True, check=False)
    assert done.stdout == (FOLDER / f"golden/{golden}.yaml").read_text(), done.stderr


def test_the_version_is_that_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (chart["version"], chart["appVersion"]) == (version, version)
    images = {one["image"].rpartition("/")[2] for golden in GOLDEN for _, one in containers(golden)}
    assert images == {f"webinar-funnel:{version}"}


def test_what_runs() -> None:
    always = {"setup": "Job", "worker": "Deployment", "alerts": "Deployment", "webhooks": "StatefulSet"}
    always["business"] = "StatefulSet"
    said = dict.fromkeys(("poll-zoom", "poll-bigmarker", "api"), "StatefulSet")
    assert {name: one["kind"] for name, one, _ in pods("default")} == always
    assert {name: one["kind"] for name, one, _ in pods("cluster")} == always | said
    budgets = {one["metadata"]["name"] for one in resources("cluster") if one["kind"] == "PodDisruptionBudget"}
    many = {one["metadata"]["name"] for _, one, _ in pods("cluster") if one["spec"].get("replicas", 1) > 1}
    assert budgets == many


@each_golden
def test_no_database_and_no_secret_is_made(golden: str) -> None:
    kinds = {one["kind"] for one in resources(golden)}
    assert kinds <= {
        *("Deployment", "StatefulSet", "Job", "Service", "Ingress", "PodDisruptionBudget", "ServiceAccount")
    }


@each_golden
def test_every_variable_is_a_setting_and_no_secret_is_a_value(golden: str) -> None:
    for name, container in containers(golden):
        said = environment(container)
        assert said.keys() <= KNOWN.keys(), name
        assert {one for one, value in said.items() if is_secret(one) and not value.startswith("secret:")} == set()
    keys = json.loads((CHART / "values.schema.json").read_text())["properties"]["settings"]["propertyNames"]["allOf"]
    refused = {one for one in KNOWN if re.search(keys[1]["not"]["pattern"], one)}
    assert {one for one in KNOWN if is_secret(one) and one.startswith("FUNNEL_")} <= refused


@each_golden
def test_every_command_exists(golden: str) -> None:
    for name, container in containers(golden):
        program, *words = container["command"]
        assert (program, wrong_command(words)) == ("funnel", "")
        if name not in ("topics", "migrate"):
            assert container["command"] == of_compose(name)["command"]


@each_golden
def test_each_has_the_secrets_that_it_has_a_use_for(golden: str) -> None:
    passwords = {name: {one for one in environment(it) if one.endswith("_PASSWORD")} for name, it in containers(golden)}
    kafka = {"FUNNEL_KAFKA_PASSWORD"} if golden == "cluster" else set()
    wanted = {
        "topics": {WORKER, *kafka},
        "migrate": {MIGRATOR},
        "worker": {WORKER, *kafka},
        "webhooks": kafka,
        "business": {WORKER, *kafka},
        "alerts": {WORKER, *kafka},
        "api": {READER},
    }
    polls = {name: kafka for name in passwords if name.startswith("poll-")}
    assert passwords == {name: wanted[name] for name in passwords if name not in polls} | polls
    hashed = {name for name, one in containers(golden) if "FUNNEL_HASH_SECRET" in environment(one)}
    assert hashed == {"webhooks", "business", *polls}
    all_of = {name for name, one in containers(golden) if one.get("envFrom")}
    assert all_of <= {"webhooks", "alerts", "api", *polls}


@each_golden
def test_each_has_the_settings_that_compose_gives_it(golden: str) -> None:
    """Those without a default that would do here; the rest are `settings`."""
    host = {"FUNNEL_CLICKHOUSE_HOST", "FUNNEL_CLICKHOUSE_PORT", "FUNNEL_CLICKHOUSE_DATABASE"}
    for name, container in containers(golden):
        fixed = {one for one, value in of_compose(name)["environment"].items() if value and not value.startswith("${")}
        fixed = {one for one in fixed - host if not one.endswith("_USER")}
        if name == "migrate":
            fixed.discard("FUNNEL_KAFKA_BOOTSTRAP")
        assert fixed <= environment(container).keys(), name


@each_golden
def test_several_addresses_are_those_of_a_cluster(golden: str) -> None:
    """As the settings demand (clickhouse/settings.py)."""
    for name, one in containers(golden):
        said = environment(one)
        assert "," not in said.get("FUNNEL_CLICKHOUSE_ADDRESSES", "") or said.get("FUNNEL_CLICKHOUSE_CLUSTER"), name


@needs_helm
def test_helm_refuses_several_addresses_without_a_cluster() -> None:
    said = ("template", "funnel", str(CHART), *KUBERNETES, "--set", r"clickhouse.addresses=a:1\,b:1")
    refused = subprocess.run([str(HELM), *said], capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "clickhouse" in refused.stderr
    subprocess.run([str(HELM), *said, "--set", "clickhouse.cluster=main"], capture_output=True, check=True)


def test_files_of_tls_are_where_the_settings_say() -> None:
    for _, _, spec in pods("cluster"):
        sources = {one["name"]: one for one in spec["volumes"]}
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            mounted = {
                one["mountPath"]: sources[one["name"]] for one in container["volumeMounts"] if one["name"] in sources
            }
            said = {one: value for one, value in environment(container).items() if one.endswith("_FILE")}
            for value in said.values():
                assert mounted[str(Path(value).parent)]["secret"]["defaultMode"] == 0o440
            has = environment(container).keys()
            wanted = {
                f"FUNNEL_KAFKA_{one}_FILE" for one in ("CA", "CERTIFICATE", "KEY") if "FUNNEL_KAFKA_BOOTSTRAP" in has
            }
            wanted |= {"FUNNEL_CLICKHOUSE_CA_FILE" for one in has if one == "FUNNEL_CLICKHOUSE_ADDRESSES"}
            assert said.keys() == wanted
    assert not [one for _, it in containers("default") for one in environment(it) if one.endswith("_FILE")]


@each_golden
def test_ports_and_paths_of_probes_are_those_of_the_code(golden: str) -> None:
    metrics = int(re.findall(r"FUNNEL_METRICS=\S+:(\d+)", DOCKERFILE)[0])
    for component, one, spec in pods(golden):
        if one["kind"] == "Job":
            continue
        (container,) = spec["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports.pop("metrics") == metrics
        assert one["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"] == str(metrics)
        probes = [container[name] for name in ("readinessProbe", "livenessProbe") if name in container]
        if ports:
            said = {value for name, value in environment(container).items() if name.endswith("_PORT")}
            assert said == {str(ports["http"])} == {COMPOSED[component]["ports"][0].rpartition(":")[2]}
            source = PLAIN[component == "api"].read_text()
            assert all(f'"{probe["httpGet"]["path"]}"' in source for probe in probes)
            assert len(probes) == 2
        else:
            check = COMPOSED[component]["healthcheck"]["test"][1:]
            assert probes[0]["exec"]["command"] == check
            assert [probe["exec"]["command"] for probe in probes[1:]] in ([], [[*check, "--hung"]])
            # A poll is never killed (docs/explanation/limits.md).
            assert (len(probes) == 1) == component.startswith("poll-")
            assert "FUNNEL_HEARTBEAT=/tmp/heartbeat" in DOCKERFILE


@each_golden
def test_each_is_as_confined_as_the_image_allows(golden: str) -> None:
    user = int(re.findall(r"USER (\d+):", DOCKERFILE)[0])
    for component, one, spec in pods(golden):
        assert spec["automountServiceAccountToken"] is False
        of_pod = spec["securityContext"]
        assert (of_pod["runAsNonRoot"], of_pod["runAsUser"], of_pod["fsGroup"]) == (True, user, user)
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
            keeps = environment(container).get("FUNNEL_DATA_DIR")
            assert "/tmp" in mounts
            assert (keeps in mounts) == (one["kind"] == "StatefulSet"), component
            assert keeps is None or f"-g {user} {keeps}" in DOCKERFILE


@each_golden
def test_memory_is_that_of_compose_and_holds_what_was_measured(golden: str) -> None:
    bench = json.loads((ROOT / "bench/results/bench.json").read_text())
    for name, container in containers(golden):
        limit = container["resources"]["limits"]["memory"].removesuffix("i")
        assert limit == of_compose(name)["deploy"]["resources"]["limits"]["memory"]
        if name == "worker":
            assert megabytes(container["resources"]["requests"]["memory"]) >= bench["many_persons"]["peak_mb"]


def megabytes(text: str) -> int:
    return int(text[:-2]) * {"Mi": 1, "Gi": 1024}[text[-2:]]


def test_only_one_sends_alerts_and_two_releases_of_workers_never_meet() -> None:
    said = {name: one["spec"] for name, one, _ in pods("cluster")}
    assert said["alerts"]["replicas"] == 1
    assert said["alerts"]["strategy"] == said["worker"]["strategy"] == {"type": "Recreate"}
    hook = next(one for one in resources("cluster") if one["kind"] == "Job")["metadata"]["annotations"]
    assert hook["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_only_webhooks_are_reachable_from_outside() -> None:
    (ingress,) = [one for one in resources("cluster") if one["kind"] == "Ingress"]
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/webhooks/", "Prefix")
    names = {one["metadata"]["name"] for one in resources("cluster") if one["kind"] == "Service"}
    assert path["backend"]["service"]["name"] in names
    assert {one["spec"]["serviceName"] for _, one, _ in pods("cluster") if one["kind"] == "StatefulSet"} <= names


def test_a_poller_is_of_a_service_that_can_be_polled() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())["properties"]
    offered = schema["pollers"]["properties"]["services"]["items"]["properties"]["service"]["enum"]
    assert set(offered) == set(POLLED) <= {one.name for one in connectors()} | {"sheets"}


def test_every_value_is_in_the_schema_and_the_other_way_round() -> None:
    def compare(values: Json, schema: Json, place: str) -> None:
        known = schema.get("properties")
        if known is None or not isinstance(values, dict):
            return
        assert values.keys() == known.keys() - {"global"}, place
        for name, value in values.items():
            compare(value, known[name], f"{place}.{name}")

    compare(
        yaml.safe_load((CHART / "values.yaml").read_text()), json.loads((CHART / "values.schema.json").read_text()), ""
    )


def test_alerts_read_their_settings_from_a_secret() -> None:
    (alerts,) = [one for name, one in containers("cluster") if name == "alerts"]
    assert alerts["envFrom"] == [{"secretRef": {"name": "funnel-alerts"}}]
    assert settings(AlertSettings).keys() & environment(alerts).keys() == set()
