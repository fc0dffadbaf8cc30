"""How many brokers of Kafka a data folder has, and what a cluster of them needs to agree upon."""

import re
from collections.abc import Sequence
from pathlib import Path

from funnel.stack.errors import StackError
from funnel.stack.kafka.node import Node, new_cluster_id
from funnel.stack.ports import LOOPBACK, free_port
from streams.settings import Settings

ALONE = "kafka"
"""The name of the only broker, and of its folder."""
LEAST = 3
"""Of two brokers none may die: the other is no majority."""
_LOOPBACK_HOSTS = {LOOPBACK, "localhost"}
_VOTERS = re.compile(r"^controller\.quorum\.voters=(.+)$", re.MULTILINE)
_CLUSTER_ID = re.compile(r"^cluster\.id=(.+)$", re.MULTILINE)


def is_broker(name: str) -> bool:
    """Whether a child of this name is Kafka. Pure."""
    return name == ALONE or (name.startswith(f"{ALONE}-") and name.removeprefix(f"{ALONE}-").isdecimal())


def folders(root: Path) -> list[Path]:
    """The folders of the brokers in a data folder, in their order; none: Kafka has not run there."""
    found = [one for one in root.glob(f"{ALONE}*") if is_broker(one.name) and one.is_dir()]
    return sorted(found, key=lambda one: (len(one.name), one.name))


def brokers_of(root: Path, wanted: int | None) -> int:
    """How many brokers this data folder is to have; None: as many as it has, at first one.

    Raises StackError if it has another number: a cluster's data is not that of a single broker.
    """
    if wanted is not None and wanted != 1 and wanted < LEAST:
        raise StackError(f"{wanted} brokers are no majority once one is away: use --brokers {LEAST}, or one broker")
    there = max(map(_brokers_by, folders(root)), default=0)
    if there and wanted is not None and wanted != there:
        raise StackError(
            f"{root} holds a Kafka of {there} broker{'s' if there > 1 else ''}, and --brokers says {wanted}: leave it "
            "out, or set FUNNEL_DATA_DIR to a new folder"
        )
    return wanted or there or 1


def for_brokers(settings: Settings, count: int) -> Settings:
    """The settings for as many brokers: all their addresses, and copies on three of them if nothing else is said.

    Raises StackError if the settings name other machines, or say how to log in: `funnel up` runs Kafka on loopback.
    """
    ports = _ports(settings, count)
    if settings.kafka_security_protocol != "PLAINTEXT":
        raise StackError(
            f"FUNNEL_KAFKA_SECURITY_PROTOCOL is {settings.kafka_security_protocol}, but funnel up runs a Kafka without "
            "TLS and logins, on loopback: remove it, or run funnel worker and the others against your own Kafka"
        )
    if count == 1:
        return settings
    said = settings.model_fields_set
    copies = settings.replication_factor if "replication_factor" in said else LEAST
    acknowledging = settings.min_insync_replicas if "min_insync_replicas" in said else min(copies, LEAST - 1)
    bootstrap = ",".join(f"{LOOPBACK}:{port}" for port in ports)
    update = {"kafka_bootstrap": bootstrap, "replication_factor": copies, "min_insync_replicas": acknowledging}
    return settings.model_copy(update=update)


def nodes(settings: Settings, count: int) -> dict[str, Node]:
    """The nodes by the names of their children, for settings that `for_brokers` has made. Raises StackError."""
    root = settings.data_dir.resolve()
    ports = _ports(settings, count)
    if count == 1:
        return {ALONE: Node(root / ALONE, ports[0])}
    voters = _free_ports(count)
    cluster_id = _cluster_id(root) or new_cluster_id()
    return {
        f"{ALONE}-{number}": Node(root / f"{ALONE}-{number}", port, number, voters, cluster_id)
        for number, port in enumerate(ports, start=1)
    }


def _ports(settings: Settings, count: int) -> Sequence[int]:
    found = []
    for address in settings.kafka_bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        if host not in _LOOPBACK_HOSTS or not port.isdecimal():
            raise StackError(
                f"Kafka has to run on this machine, but FUNNEL_KAFKA_BOOTSTRAP is {settings.kafka_bootstrap}: "
                f"set it to {LOOPBACK}:9092, or do not use funnel up"
            )
        found.append(int(port))
    if len(found) == 1:
        return range(found[0], found[0] + count)
    if len(found) != count:
        raise StackError(
            f"FUNNEL_KAFKA_BOOTSTRAP is {settings.kafka_bootstrap}: set it to {LOOPBACK}:9092, or start as many "
            f"brokers with --brokers (now {count})"
        )
    return found


def _free_ports(count: int) -> tuple[int, ...]:
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return tuple(found)


def _brokers_by(folder: Path) -> int:
    """How many brokers its cluster has, by the folder of one; 0: it has not begun.

    The others' folders may be missing: each node makes its own, and the first start may have been cut off.
    """
    said = folder / "server.properties"
    found = _VOTERS.search(said.read_text()) if said.is_file() else None
    return len(found[1].split(",")) if found else 0


def _cluster_id(root: Path) -> str:
    """That of the nodes which have data; empty: none has."""
    for folder in folders(root):
        said = folder / "data" / "meta.properties"
        if said.is_file() and (found := _CLUSTER_ID.search(said.read_text())):
            return found[1].strip()
    return ""
