"""Every connector is there under its own name, and says what people are shown."""

import pytest

from connectors.registry import NAMES, NoSuchConnectorError, connector, connectors


def test_every_connector_is_there_under_its_own_name() -> None:
    assert [one.name for one in connectors()] == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_connector_says_what_it_cannot_tell_and_has_a_way_in(name: str) -> None:
    one = connector(name)
    assert one.title
    assert one.cannot.endswith(".")
    assert one.receive or one.open_poll or name == "table"


def test_a_wrong_name_is_one_line_with_a_suggestion() -> None:
    with pytest.raises(NoSuchConnectorError, match=r"^no connector zom. Did you mean zoom\?$"):
        connector("zom")
