"""Every connector is found by its name, and what is misspelt is answered with the nearest one."""

import pytest

from connectors.registry import NAMES, NoSuchConnectorError, connector, connectors, installed


@pytest.mark.parametrize("name", installed())
def test_a_connector_carries_the_name_of_its_package(name: str) -> None:
    assert connector(name).name == name


def test_all_are_listed_in_order() -> None:
    assert [one.name for one in connectors()] == [name for name in NAMES if name in installed()]


def test_an_unknown_name_is_one_line() -> None:
    with pytest.raises(NoSuchConnectorError, match=r"^no connector nobody\. "):
        connector("nobody")
