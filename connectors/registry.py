"""All connectors by name. A package is imported on request: `funnel --help` needs none of them."""

import difflib
from collections.abc import Iterator
from importlib import import_module

from connectors.connector import Connector

_PLACES = {
    "bigmarker": "connectors.bigmarker.connector:CONNECTOR",
    "zoom": "connectors.zoom.connector:CONNECTOR",
    "typeform": "connectors.typeform.connector:CONNECTOR",
    "tilda": "connectors.tilda.connector:CONNECTOR",
    "generic": "connectors.generic.connector:CONNECTOR",
    "livestorm": "connectors.livestorm.connector:CONNECTOR",
    "goto": "connectors.goto.connector:CONNECTOR",
    "table": "connectors.table.connector:CONNECTOR",
    "sheets": "connectors.table.connector:SHEETS",
}
"""In the order shown to people."""
NAMES = tuple(_PLACES)


class NoSuchConnectorError(Exception):
    """There is no connector of that name. The text is one line."""


def connector(name: str) -> Connector:
    """The connector of that name. Raises NoSuchConnectorError."""
    if name not in _PLACES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(NAMES)}."
        raise NoSuchConnectorError(f"no connector {name}. {hint}")
    module, _, attribute = _PLACES[name].partition(":")
    found = getattr(import_module(module), attribute)
    assert isinstance(found, Connector), f"{_PLACES[name]} is no Connector"
    return found


def connectors() -> Iterator[Connector]:
    """All connectors."""
    return map(connector, NAMES)
