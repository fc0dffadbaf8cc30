"""What a panel says when its query fails."""

import pytest

from grafana.preview.source import said

_CLIENT = "HTTPDriver received ClickHouse error code {code}\n Code: {code}. DB::Exception: {text}"


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (
            159,
            "Timeout exceeded: elapsed 31364.491 ms, maximum: 30000.000 ms: while executing. (TIMEOUT_EXCEEDED)",
            "No answer within 30 s. Choose a shorter range or load the page again; is this machine busy?",
        ),
        (47, "Unknown identifier `x` In scope SELECT x", "Unknown identifier `x`"),
    ],
)
def test_an_error_is_one_line_in_plain_words(code: int, text: str, words: str) -> None:
    assert said(_CLIENT.format(code=code, text=text)) == words
