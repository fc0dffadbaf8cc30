"""The users of docs/kafka-cluster.md with exactly the rights that its table gives them."""

import re
from pathlib import Path

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)

from connectors.pipeline.lease import GROUP
from connectors.pipeline.shared_cursors import WRITER
from tests.servers.cluster import Cluster

_PAGE = Path(__file__).parents[2] / "docs/kafka-cluster.md"
_ROW = re.compile(r"^\| `([a-z]+)` \|[^|\n]+\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$", re.MULTILINE)
_RESOURCES = (
    (ResourceType.TOPIC, "webinar.", ACLResourcePatternType.PREFIXED),
    (ResourceType.GROUP, "webinar-funnel", ACLResourcePatternType.LITERAL),
    (ResourceType.GROUP, GROUP.format(""), ACLResourcePatternType.PREFIXED),
    (ResourceType.TRANSACTIONAL_ID, WRITER.format(""), ACLResourcePatternType.PREFIXED),
    (ResourceType.CLUSTER, "kafka-cluster", ACLResourcePatternType.LITERAL),
)


def rights() -> dict[str, tuple[list[str], ...]]:
    """User -> operations on each of _RESOURCES, as the page has them."""
    return {
        found[1]: tuple(re.findall(r"\w+", one) for one in found.groups()[1:])
        for found in _ROW.finditer(_PAGE.read_text())
    }


def password(name: str) -> str:
    return f"of-the-{name}-in-tests"


def add_users(cluster: Cluster) -> None:
    """Makes every user of the page."""
    acls = []
    for name, operations in rights().items():
        cluster.add_user(name, password(name))
        for (kind, resource, pattern), some in zip(_RESOURCES, operations, strict=True):
            acls += [
                ACL(
                    f"User:{name}",
                    "*",
                    ACLOperation[_constant(one)],
                    ACLPermissionType.ALLOW,
                    ResourcePattern(kind, resource, pattern),
                )
                for one in some
            ]
    with cluster.admin() as admin:
        said = admin.create_acls(acls)
        assert not said["failed"], said["failed"]


def _constant(operation: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()
