"""Lines of contract events: what is read, what is refused and with which advice."""

import io

import pytest

from connectors.toolkit.jsonl import Accepted, Line, Refused, check, read_lines
from contract.instants import parse_instant
from contract.topics import MAX_RECORD_BYTES

NOW = parse_instant("2026-11-22T18:40:00.000Z")
GOOD = (
    b'{"type":"attendance","kind":"joined", "event_id":"e","webinar_id":"zoom:9151","platform":"zoom",'
    b'"person_id":"p_5f0c2b7de1a94c1fb0d3a6e2f4b81c9d","session_id":"s","occurred_at":"2026-11-22T18:00:07.000Z",'
    b'"received_at":"2026-11-22T18:00:08.120Z","schema_version":1,"unknown":1E40}'
)


def test_blank_lines_are_left_out_but_counted() -> None:
    stream = io.BytesIO(b"\xef\xbb\xbf{1}\r\n\n  \t\n{2}\n{3}")
    assert list(read_lines(stream)) == [Line(1, b"{1}"), Line(4, b"{2}"), Line(5, b"{3}")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_longest_line_passes_and_one_byte_more_does_not(end: bytes) -> None:
    stream = io.BytesIO(b"a" * MAX_RECORD_BYTES + end)
    assert [len(line.value or b"") for line in read_lines(stream)] == [MAX_RECORD_BYTES]
    stream = io.BytesIO(b"a" * (MAX_RECORD_BYTES + 1) + end + (b"next" if end else b""))
    after = [Line(2, b"next")] if end else []
    assert list(read_lines(stream)) == [Line(1, None), *after]


def test_line_of_many_megabytes_is_never_held_whole() -> None:
    class Counted(io.BytesIO):
        largest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            piece = super().readline(size)
            self.largest = max(self.largest, len(piece))
            return piece

    stream = Counted(b"a" * (8 * MAX_RECORD_BYTES) + b"\nnext\n")
    assert list(read_lines(stream)) == [Line(1, None), Line(2, b"next")]
    assert stream.largest <= MAX_RECORD_BYTES + 2


def test_good_line_goes_verbatim_to_the_topic_of_its_type() -> None:
    result = check(Line(1, GOOD), NOW)
    assert result == Accepted("webinar.attendance.v1", b"zoom:9151", GOOD)


@pytest.mark.parametrize(
    ("line", "reason", "advice"),
    [
        (b"{oops", "not_json", "one JSON object per line"),
        (GOOD.replace(b'"joined"', b'"waved"'), "unknown_value", "docs/contract.md"),
        (GOOD.replace(b'"attendance"', b'["attendance"]'), "unknown_value", "docs/contract.md"),
        (GOOD.replace(b'"session_id":"s",', b""), "missing_field: session_id", "add it"),
        (GOOD.replace(b"p_5f", b"q_5f"), "wrong_form: person_id", "correct its form"),
        (GOOD.replace(b"2026-11-22T18:00:07", b"2027-11-22T18:00:07"), "time_out_of_range", "clock"),
        (GOOD.replace(b"2026-11-22T18:00:08", b"2026-11-23T18:40:01"), "time_out_of_range: received_at", "clock"),
        (None, "record: over 1,000,000 bytes", "smaller"),
    ],
)
def test_bad_line_is_refused_with_reason_and_advice(line: bytes | None, reason: str, advice: str) -> None:
    result = check(Line(7, line), NOW)
    assert isinstance(result, Refused)
    assert result.number == 7
    assert result.reason.startswith(reason)
    assert advice in result.advice
