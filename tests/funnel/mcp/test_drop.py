"""A sentence that tells of few people does not leave."""

from funnel.mcp.drop import _without_few


def test_a_sentence_that_counts_few_people_is_left_out_whole() -> None:
    said = "Attendance rate 20.0 %, typically 40 to 50 % (1,204 registrants). Main cause: source vk (3 registrants)."
    found = {"kind": "drop", "value": 0.2, "typical": 0.45, "sentence": said}
    left_out = _without_few(found, 5)
    assert left_out == {
        "kind": "drop",
        "value": None,
        "typical": None,
        "sentence": "Left out: it tells of fewer than 5 people.",
    }
    assert _without_few(found, 3) == _without_few(found, 0) == found
