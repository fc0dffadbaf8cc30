"""Who may do what, read from the file that a real server reads: clickhouse/server/users.d/funnel.xml.

A user of that file is a role of the engine here, since the engine knows one user only; a query runs with one role, and
the engine itself refuses whatever is not granted to it. So a grant and a limit stand once for both servers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

USERS = Path(__file__).parents[1] / "server/users.d/funnel.xml"
DATABASE = "funnel"
"""The database that the file names. Another one of the settings takes its place."""
_LIMIT = "max_"
_ENGINE = re.compile(r"\bTABLE ENGINE ON (\w+)", re.ASCII)
_ROLE_OF_ALL = "everything"

_TEXT = """<clickhouse>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <roles>
        <{all}><grants><query>GRANT ALL ON *.* WITH GRANT OPTION</query></grants></{all}>
{roles}
    </roles>
    <users>
        <default>
            <password/>
            <networks><ip>::1</ip><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
            <grants><query>GRANT {names}</query></grants>
        </default>
    </users>
</clickhouse>
"""


@dataclass(frozen=True, slots=True)
class Access:
    """What one user may do. `role` is its name in the file and in the engine."""

    role: str
    grants: tuple[str, ...]
    readonly: bool = False
    limits: dict[str, str] = field(default_factory=dict)
    """Settings that hold for each of its queries, by name."""
    bounds: dict[str, int] = field(default_factory=dict)
    """The settings that it may change for a query, and up to which value."""

    @property
    def administers(self) -> bool:
        """Whether it may tell the server what to do (SYSTEM …)."""
        return any(re.search(r"\bSYSTEM\b", grant) for grant in self.grants)

    @property
    def engines(self) -> frozenset[str]:
        """Engines of the tables that it may make, in small letters."""
        return frozenset(name.lower() for grant in self.grants for name in _ENGINE.findall(grant))


def read_access(path: Path = USERS, database: str = DATABASE) -> dict[str, Access]:
    """Role -> what it may do. Raises OSError and ElementTree.ParseError."""
    root = ElementTree.parse(path).getroot()
    users = [user for user in root.findall("users/*") if user.get("remove") is None]
    return {user.tag: _access(user, root, database) for user in users}


def users_config(roles: Iterable[Access]) -> str:
    """The engine's own file of users: its one user, which has every role, and these roles.

    What sets no role may do everything: the server's own connections, never a query that came from outside.
    """
    all_roles = list(roles)
    return _TEXT.format(
        all=_ROLE_OF_ALL,
        roles="\n".join(_role(access) for access in all_roles),
        names=", ".join([_ROLE_OF_ALL, *(access.role for access in all_roles)]),
    )


def _access(user: ElementTree.Element, root: ElementTree.Element, database: str) -> Access:
    profile = root.find(f"profiles/{user.findtext('profile', 'default')}")
    profile = profile if profile is not None else ElementTree.Element("default")
    return Access(
        role=user.tag,
        grants=tuple(_in_database(grant.text or "", database) for grant in user.findall("grants/query")),
        readonly=profile.findtext("readonly", "0") != "0",
        limits={one.tag: one.text or "" for one in profile if one.tag.startswith(_LIMIT)},
        bounds={
            one.tag: int(one.findtext("max", "0"))
            for one in profile.findall("constraints/*")
            if one.find("changeable_in_readonly") is not None
        },
    )


def _in_database(grant: str, database: str) -> str:
    return re.sub(rf"\b{DATABASE}\.", f"{database}.", grant)


def _role(access: Access) -> str:
    grants = "".join(f"<query>{escape(grant)}</query>" for grant in access.grants)
    return f"        <{access.role}><grants>{grants}</grants></{access.role}>"
