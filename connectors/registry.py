"""All connectors by name. A package is imported when it is asked for: `funnel --help` needs none of them."""

import difflib
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from connectors.connector import Connector

NAMES = ("bigmarker", "zoom", "typeform", "tilda", "generic", "livestorm", "goto", "table", "sheets")
"""In the order in which people are shown them."""


class NoSuchConnectorError(Exception):
    """There is no connector of that name. The text is one line."""


def connector(name: str) -> Connector:
    """The connector of that name. Raises NoSuchConnectorError."""
    if name not in installed():
        near = difflib.get_close_matches(name, installed(), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(installed())}."
        raise NoSuchConnectorError(f"no connector {name}. {hint}")
    found = import_module(f"connectors.{name}.connector").CONNECTOR
    assert isinstance(found, Connector), f"connectors/{name}/connector.py offers no Connector"
    return found


def connectors() -> Iterator[Connector]:
    """All of them."""
    return (connector(name) for name in installed())


def installed() -> list[str]:
    """The names whose packages are there."""
    return [name for name in NAMES if _has_package(name)]


def _has_package(name: str) -> bool:
    return find_spec(f"connectors.{name}") is not None and find_spec(f"connectors.{name}.connector") is not None
