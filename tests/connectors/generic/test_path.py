"""Paths into payloads: pointers, elements by name, searches, JSON within a text."""

import pytest

from connectors.generic.path import Payload, steps

PAYLOAD = Payload.of(
    {
        "data": {"Email": "a", "a/b": "slash", "": "empty"},
        "raw": ' {"q3_email": "b", "q12_workEmail": "c", "deep": "[{\\"x\\": 1}]"}',
        "fields": [{"name": "Full Name", "values": ["Ann"]}, {"name": " EMAIL ", "values": ["d"]}, 7, {"name": 5}],
        "by": {"one": {"type": "text", "value": 1}, "two": {"type": "email", "value": 2}},
        "fields[email][value]": "e",
        "sent": [{"at": 1794331231000, "id": "new"}, {"at": "2025-01-01T00:00:00Z", "id": "old"}, {"at": "?"}, {}],
        "broken": "{1",
        "null": None,
    }
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/data/Email", ["a"]),
        ("/data/email", ["a"]),
        ("/DATA/ EMAIL ", ["a"]),
        ("/data/a~1b", ["slash"]),
        ("/data/", ["empty"]),
        ("/raw/q3_email", ["b"]),
        ("/raw/q*_email", ["b"]),
        ("/raw/q*email", ["b", "c"]),
        ("/raw/deep/0/x", [1]),
        ("/fields/[name=email]/values/0", ["d"]),
        ("/fields/[name=full name]/values/0", ["Ann"]),
        ("/fields/[name=5]/name", [5]),
        ("/fields/*/values/0", ["Ann", "d"]),
        ("/fields/-1", []),
        ("/fields/9", []),
        ("/fields/name", []),
        ("/by/[type=email]/value", [2]),
        ("/by/*/value", [1, 2]),
        ("/fields[email][value]", ["e"]),
        ("/sent/[at=latest]/id", ["new"]),
        ("/broken/0", []),
        ("/null", [None]),
        ("/null/x", []),
        ("/data/Email/x", []),
    ],
)
def test_what_stands_at_a_path(path: str, found: list[object]) -> None:
    assert PAYLOAD.at(path) == found


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("data/email", "a pointer begins with /, such as /data/email (RFC 6901)"),
        ("/a/~", "a pointer begins with /, such as /data/email (RFC 6901)"),
        ("/a/[email]", "[email] is not a step of a pointer; write [name=email], and ~1 for a slash in it"),
        ("/a/[=email]", "[=email] is not a step of a pointer; write [name=email], and ~1 for a slash in it"),
        ("/a/q*_*", "q*_*: a step of a pointer has at most one *"),
    ],
)
def test_a_wrong_path_is_said(path: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        steps(path)
    assert str(error.value) == said


def test_how_far_a_path_leads() -> None:
    assert PAYLOAD.walk("/data/nothing/more") == ([PAYLOAD.fields["data"]], 1)
    assert PAYLOAD.walk("/nothing") == ([PAYLOAD.fields], 0)
    assert PAYLOAD.walk("/by/*/value") == ([PAYLOAD.fields["by"]], 1)
