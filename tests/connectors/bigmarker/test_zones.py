"""Names of zones as BigMarker writes them."""

from zoneinfo import available_timezones

import pytest

from connectors.bigmarker.zones import _CITIES, zone_named


@pytest.mark.parametrize(
    ("name", "iana"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("berlin", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", "Etc/UTC"),
    ],
)
def test_names_of_cities_and_of_the_database(name: str, iana: str) -> None:
    assert str(zone_named(name)) == iana


@pytest.mark.parametrize("name", ["Nowhere", "", "../../etc/passwd", "/etc/passwd", "x" * 5000, "a\0b", "Europe"])
def test_other_names_are_no_zone(name: str) -> None:
    assert zone_named(name) is None


def test_every_name_leads_to_a_zone_that_there_is() -> None:
    assert set(_CITIES) <= available_timezones()
