"""The licences of what is installed: whether a company may use and pass on the whole under Apache-2.0. Pure but for the
metadata of this environment.
"""

import re
from collections.abc import Iterable
from email.message import Message
from importlib.metadata import distributions

PERMISSIVE = (
    r"MIT|MIT-0|MIT License|BSD License|0?BSD(-[23]-Clause)?|Apache-2\.0|Apache Software License|ISC"
    r"|ISC License \(ISCL\)"
    r"|PSF-2\.0|Python Software Foundation License|CNRI-Python|Zlib|CC0-1\.0|Repoze Public License"
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)"
)
"""MPL among them: it covers its own files only, and we change none."""


def stated(metadata: Message) -> str:
    """The licence as the package states it, newest form first; empty if it states none."""
    classified = [
        one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier", []) if one.startswith("License ::")
    ]
    text = (metadata.get("License") or "").strip()
    return metadata.get("License-Expression") or "; ".join(classified) or (text.splitlines()[0] if text else "")


def is_permissive(licence: str) -> bool:
    """Whether every part of it is, or one of each choice."""
    parts = re.split(r" AND |; ", licence.replace(") AND (", " AND "))
    return all(
        any(re.fullmatch(PERMISSIVE, one.strip("() ")) or re.fullmatch(PERMISSIVE, one) for one in part.split(" OR "))
        for part in parts
    )


def others(metadata: Iterable[Message]) -> list[str]:
    """The packages whose licence somebody has to read, a line each."""
    found = sorted((str(one["Name"]), stated(one)) for one in metadata)
    return [f"{name}: {licence or 'states none'}" for name, licence in found if not is_permissive(licence)]


def installed() -> list[Message]:
    """The metadata of everything in this environment but the project itself."""
    return [one.metadata for one in distributions() if one.metadata["Name"] != "webinar-funnel"]  # type: ignore[misc]
