"""Where a registration came from, in the shapes that BigMarker may say it."""

from typing import Any

import pytest

from connectors.bigmarker.sources import source_of


@pytest.mark.parametrize(
    "row",
    [
        {"custom_fields": [{"id": "cf1", "label": "utm_source", "value": "vk"}]},
        {"custom_fields": [{"name": "UTM Source", "answer": " vk "}]},
        {"custom_fields": [{"id": "utm-source", "value": "vk"}]},
        {"custom_fields": [{"utm_source": "vk"}, {"Course": "python"}]},
        {"custom_fields": {"utm_source": "vk"}},
        {"custom_field_utm_source": "vk"},
        {"custom_field_UTM Source": "vk"},
        {"utm_source": "vk", "custom_fields": None},
    ],
)
def test_utm_parameters_in_any_shape_of_custom_fields(row: dict[str, Any]) -> None:
    assert source_of(row) == {"utm_source": "vk"}


def test_custom_fields_go_before_the_row_and_answers_to_other_questions_stay_out() -> None:
    row = {
        "custom_fields": [{"label": "utm_source", "value": "vk"}, {"label": "Phone", "value": "1"}],
        "utm_source": "x",
    }
    assert source_of(row) == {"utm_source": "vk"}


def test_tracking_code_referrer_and_bigmarker_s_own_word() -> None:
    row = {"tracking_code": "partner-x", "referral_domain": "example.net", "source": "Added by presenter"}
    assert source_of(row) == {
        "tracking_code": "partner-x",
        "referrer": "example.net",
        "platform_source": "Added by presenter",
    }
    assert source_of({"utm_bmcr_source": "partner-x"}) == {"tracking_code": "partner-x"}
    assert source_of({"traffic_source": "Registration Modal"}) == {"platform_source": "Registration Modal"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://www.example.net/blog?user=ann#top", "https://www.example.net/blog"),
        ("https://ann:pw@example.net/", "https://example.net/"),
        ("example.net", "example.net"),
    ],
)
def test_a_referrer_keeps_host_and_path_only(said: str, kept: str) -> None:
    assert source_of({"referral_domain": said}) == {"referrer": kept}


def test_nothing_said_is_no_source() -> None:
    assert source_of({"source": "", "custom_fields": []}) is None


def test_an_email_in_a_source_stays_out() -> None:
    row = {"utm_source": "ann@example.com", "tracking_code": "ann%40example.com", "source": "Registration Modal"}
    assert source_of(row) == {"platform_source": "Registration Modal"}
