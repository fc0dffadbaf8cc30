"""A sentence that tells of few people does not leave."""

from typing import Any

import pytest

from funnel.mcp.drop import _in_short, _without_few, _without_rates


def found(sentence: str, metric: str = "visits") -> dict[str, Any]:
    return {"kind": "drop", "metric": metric, "value": 0.2, "typical": 0.45, "sentence": sentence}


def test_a_sentence_that_counts_few_people_is_left_out_whole() -> None:
    said = found(
        "Attendance rate 20.0 %, typically 40 to 50 % (1,204 registrants). Main cause: source vk (3 registrants)."
    )
    left_out = {
        "value": None,
        "typical": None,
        "sentence": "Left out: it tells of fewer than 5 people.",
    }
    assert _without_few(said, 5, ()) == said | left_out
    assert _without_few(said, 3, ()) == _without_few(said, 0, ()) == said
    # Its rate is left out of the webinar's row.
    assert _without_few(said, 3, {"conversion"})["value"] is None
    assert _without_few(said, 3, {"conversion_30m"}) == said


@pytest.mark.parametrize(
    ("sentence", "leaves"),
    [
        ("Attendance rate 97.0 %, typically 40 to 50 % (100 registrants).", False),
        ("Attendance rate 3.0 %, typically 40 to 50 % (100 registrants).", False),
        ("Attendance rate 90.0 %, typically 40 to 50 % (100 registrants).", True),
        ("Main cause: source vk (60 registrants, 95.0 % attended, typically 40.0 %).", False),
        ("60 registrants 2 days before the start. Most are missing from source vk (3, typically 40).", False),
        ("60 registrants 2 days before the start. Most are missing from source vk (30, typically 40).", True),
    ],
)
def test_a_share_of_which_few_are_the_part_or_the_rest_tells_of_them(sentence: str, leaves: bool) -> None:
    assert (_without_few(found(sentence), 5, ()) == found(sentence)) is leaves


def test_why_nothing_is_judged_tells_of_no_few_either() -> None:
    def said(why: str, *hidden: str) -> str:
        return _in_short([], [{"why": why}], 5, hidden)

    few = "Its rates are not judged. It has too few people."
    assert said("Only 3 registrants: rates are judged from 20 on.") == few
    matched = "Only 23 % of those in the room match a registration."
    assert said(matched, "matched") == few
    assert said(matched) == f"Its rates are not judged. {matched}"
    assert said("") == "Nothing is outside what is typical."


def test_a_band_whose_end_is_the_hidden_rate_of_a_peer_is_left_out() -> None:
    typical = {"n": 3, "conversion": 0.5, "conversion_low": 0.4, "conversion_high": 0.97, "conversion_full": 0.2}
    assert _without_rates(typical, {"conversion", "visits"}) == typical | dict.fromkeys(
        ("conversion", "conversion_low", "conversion_high")
    )
