"""How many requests a caller may send, and what a token is."""

import pytest

from funnel.answers.tokens import hashed, holder, known_tokens
from funnel.api.pace import Pace

TOKEN = "a-token-of-twenty-four-letters"


def test_a_minutes_requests_at_once_and_then_as_many_as_a_minute_allows() -> None:
    pace = Pace(60)
    assert [pace.wait("a", 0.0) for _ in range(61)] == [0] * 60 + [1]
    assert (pace.wait("b", 0.0), pace.wait("a", 0.5), pace.wait("a", 1.0), pace.wait("a", 1.0)) == (0, 1, 0, 1)
    slow = Pace(2)
    assert [slow.wait("a", at) for at in (0.0, 0.0, 0.0, 29.9, 30.0)] == [0, 0, 30, 1, 0]


def test_tokens_are_known_by_their_hashes() -> None:
    known = known_tokens(["", f" {TOKEN} ", "# a comment", hashed("another-token-of-the-house")])
    assert known == (hashed(TOKEN), hashed("another-token-of-the-house"))
    assert holder(f"Bearer {TOKEN}", known) == known[0]
    assert holder("bearer another-token-of-the-house", known) == known[1]
    for header in (
        "",
        "Bearer",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        TOKEN,
        f"Bearer {known[0]}",
        "Bearer \N{SNOWMAN}",
    ):
        assert holder(header, known) is None


@pytest.mark.parametrize("text", ["short", "sha256:abc"])
def test_a_token_that_could_be_guessed_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="funnel api --new-token"):
        known_tokens([text])
