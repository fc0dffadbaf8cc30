"""Reads compose files as Docker Compose does: `extends` out of another file, `!override` and `!reset`."""

from functools import cache
from typing import Any

import yaml

from tests.layers.deployed import Json
from tests.layers.sources import ROOT

ADDED = ("volumes", "ports")
"""Lists to which an extending service adds."""


class Instead(dict[str, Any]):
    """A mapping that replaces that of the extended service."""


class _Loader(yaml.CSafeLoader):
    pass


def _instead(loader: _Loader, node: yaml.Node) -> Instead:
    assert isinstance(node, yaml.MappingNode)
    return Instead({str(name): value for name, value in loader.construct_mapping(node, deep=True).items()})


_Loader.add_constructor("!override", _instead)
_Loader.add_constructor("!reset", lambda loader, node: None)


@cache
def services(path: str) -> dict[str, Json]:
    """Each service of the file as Compose runs it. Of what extends another, with what that one says."""
    found: dict[str, Json] = compose(path)["services"]
    return {name: _extended(service) for name, service in found.items()}


def compose(path: str) -> Json:
    """The file, as it is written."""
    read: Json = yaml.load((ROOT / path).read_text(), _Loader)
    return read


def _extended(service: Json) -> Json:
    if (base := service.get("extends")) is None:
        return service
    own = {name: value for name, value in service.items() if name != "extends"}
    merged: Json = _merged(services(base["file"])[base["service"]], own)
    return merged


def _merged(base: Any, own: Any, name: str = "") -> Any:
    if isinstance(own, Instead):
        return dict(own)
    if isinstance(base, dict) and isinstance(own, dict):
        shared = {one: _merged(base[one], own[one], one) for one in base.keys() & own.keys()}
        return base | own | shared
    if name == "volumes" and own is not None:
        # By the place where it is mounted.
        return list({volume.split(":")[1]: volume for volume in [*base, *own]}.values())
    return [*base, *own] if isinstance(base, list) and isinstance(own, list) and name in ADDED else own
