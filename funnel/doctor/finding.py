"""What the doctor found. Pure."""

from typing import Literal, NamedTuple, TypeAlias

Area: TypeAlias = Literal[
    "addresses",
    "versions",
    "topics",
    "offsets",
    "migrations",
    "clocks",
    "disk",
    "backup",
    "erasure",
    "permissions",
    "secrets",
    "time zones",
    "runs",
    "growth",
]
"""In the order in which they are shown."""


class Finding(NamedTuple):
    """One thing that will hurt, and what to do about it; each a line."""

    area: Area
    what: str
    do: str
