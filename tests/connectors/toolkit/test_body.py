"""What a body is, and what it says, by its bytes alone."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toolkit.body import BodyError, Said, is_broken, read_bodies, read_body

PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
PHOTO = (
    b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89\x00\r\n"
)


def multipart(*fields: tuple[bytes, bytes]) -> bytes:
    return b"".join(PART % field for field in fields) + b"--b--\r\n"


def test_a_body_in_parts_says_its_fields_and_no_files() -> None:
    body = multipart(
        (b"email", b"ann@example.com"), (b"a", b""), (b"email", b"bob@example.com"), ("имя".encode(), b"1")
    )
    said = read_body(PHOTO + body)
    assert said.kind == "multipart"
    assert said.fields == {"email": "bob@example.com", "a": "", "имя": "1"}
    assert read_body(body.replace(b"\r\n", b"\n")).fields == said.fields
    assert read_body(b"\r\n" + body.rstrip()).fields == said.fields


def test_names_with_brackets_are_there_as_they_are_and_nested() -> None:
    body = b"data%5Bemail%5D=a&data%5Bmerges%5D%5BFNAME%5D=b&ids%5B%5D=1&ids%5B%5D=2&ids%5B%5D=3&x=1&x%5By%5D=2&z%5B=3"
    assert read_body(body).fields == {
        "data": {"email": "a", "merges": {"FNAME": "b"}},
        "ids": {"0": "1", "1": "2", "2": "3"},
        "x": "1",
        "data[email]": "a",
        "data[merges][FNAME]": "b",
        "ids[]": "3",
        "x[y]": "2",
        "z[": "3",
    }
    assert read_body(multipart((b"data[email]", b"a"))).fields["data"] == {"email": "a"}


def test_a_form_that_begins_with_dashes_is_a_form() -> None:
    assert read_body(b"--a=1&b=2").fields == {"--a": "1", "b": "2"}
    assert read_body(b'\xef\xbb\xbf{"a": 1}').fields == {"a": 1}


def test_a_list_of_submissions_is_each_of_them() -> None:
    assert [one.fields for one in read_bodies(b' [{"a": 1}, {"a": 2}]')] == [{"a": 1}, {"a": 2}]
    assert [one.fields for one in read_bodies(b"a=1")] == [{"a": "1"}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b" \r\n", "the body is empty"),
        (b'{"email": "ann@ex', "the body begins as JSON but is cut off or broken"),
        (b"[[1]]", "the body is a JSON list, but not one of objects with fields"),
        (b"[]", "the body is a JSON list, but not one of objects with fields"),
        (b"[{}" + b",{}" * 1000 + b"]", "the body is a JSON list of more than 1,000 submissions"),
        (b'"ann@example.com"', "the body is JSON, but a text and no object with fields"),
        (b"<form/>", "the body is XML or HTML; have the service send JSON or a form"),
        (b"ann@example.com", "the body is neither JSON nor a form: it has no field=value"),
        (b"&".join(b"a%d=1" % n for n in range(1001)), "the body is a form of more than 1,000 fields"),
        (PHOTO + b"--b--", "the body is multipart without a field"),
        (multipart((b"a", b"1"))[:-9], "the body is multipart, but cut off or broken"),
        (PART % (b"a", b"1") + b"--b-", "the body is multipart, but cut off or broken"),
        (b"--b\r\nContent-Disposition: form-data; name\r\n\r\n1\r\n--b--", "the body is multipart without a field"),
        (
            multipart(*[(b"a", b"1")] * 1001),
            "the body is multipart of more than 1,000 parts, or with too long a part",
        ),
        (
            multipart((b"a", b"1" * 1_000_001)),
            "the body is multipart of more than 1,000 parts, or with too long a part",
        ),
    ],
)
def test_what_says_no_fields_is_refused_by_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(BodyError) as error:
        read_bodies(body)
    assert str(error.value) == said


def test_a_form_is_read_in_its_encoding_and_nothing_is_replaced() -> None:
    word = "осень".encode("windows-1251")
    quoted = b"".join(b"%%%02X" % byte for byte in word)
    for body in (b"a=" + quoted, b"a=" + word, multipart((b"a", word))):
        assert read_body(body, "windows-1251").fields == {"a": "осень"}
        (said,) = read_body(body).fields.values()
        assert isinstance(said, str)
        assert is_broken(said)
    assert not is_broken("осень \N{GRINNING FACE}")


@given(st.one_of(st.binary(max_size=80), st.text('-\r\nb:;="[]{}&a%', max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused(end: bytes) -> None:
    whole = PHOTO + multipart((b"data[email]", b"a@b.c"), (b"x", b'{"a": 1}'))
    for body in (end, whole[: len(end) * 3] + end, PHOTO + end, b"--b\r\n" + end, b"a[" + end, b"[" + end):
        for encoding in ("shift_jis", "iso2022_jp", "utf-8"):
            said: Sequence[Said] = []
            with suppress(BodyError):
                said = read_bodies(body, encoding)
            assert all(one.fields or one.kind == "JSON" for one in said)
