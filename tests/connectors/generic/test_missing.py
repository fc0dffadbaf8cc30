"""A refusal shows names of fields, and nothing that somebody has said."""

import pytest

from connectors.generic.missing import missing
from connectors.generic.path import Payload

PAYLOAD = Payload.of(
    {
        "Name": "Ann Lee",
        "ann@example.com": 1,
        "ann%40example.com": 1,
        "+49 171 2345678": 1,
        "q 49171 2345678": 1,
        "ok": "",
        "answers": [{"label": "Email", "value": "Ann Lee"}, {"label": "ann@example.com", "value": "x"}, {"label": 7}],
        "deep": {"a": {"b": [1, 2]}},
        **{f"field_{number}": number for number in range(20)},
    }
)


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["/answers/[label=Mail]/value"], "/answers is a list with label: Email, 7"),
        (["/answers/[value=Mail]/value"], "/answers is a list of 3"),
        (["/answers/3/value"], "/answers is a list of 3"),
        (["/deep/a/c"], "/deep/a has: b"),
        (["/x", "/deep/a/c"], "without /x or /deep/a/c; /deep/a has: b"),
        (["/Name/x"], "/Name has no fields in it"),
        (["/ok"], "the field /ok is empty, or not a single text"),
        (["/answers"], "the field /answers is empty, or not a single text"),
        (["/deep/*/z"], "the body is JSON without an address at /deep/*/z; /deep has: a"),
        (["/x"], "it has: Name, ok, answers, deep, field_0"),
        ([], "missing"),
    ],
)
def test_what_is_missing_is_said_by_names(paths: list[str], said: str) -> None:
    line = missing("JSON", PAYLOAD, paths)
    assert said in line
    assert not any(word in line for word in ("Ann", "ann", "49", "2345"))
    assert len(line) < 400
