"""Bytes of a request -> their fields: JSON, a submitted form, or multipart. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote_plus

import orjson

from connectors.toolkit.multipart_body import MOST_FIELDS, MultipartBodyError, is_multipart, multipart_fields

Kind = Literal["JSON", "a submitted form", "multipart"]
_OPENS_JSON = (b"{", b"[", b'"')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BROKEN = re.compile("[\udc80-\udcff]")
_NESTED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\]){1,10})")


class BodyError(ValueError):
    """The body has no fields. The text is the reason and repeats no content."""


@dataclass(frozen=True, slots=True)
class Said:
    """The fields of a body, and their format."""

    kind: Kind
    fields: Mapping[str, object]


def read_json(body: bytes) -> Mapping[str, object] | None:
    """The object in the body; None if there is none."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def read_body(body: bytes, encoding: str = "utf-8") -> Said:
    """The fields, whether they were posted as JSON, form-urlencoded or multipart; the last of a repeated one counts.

    The content type is ignored: services get it wrong. Names with brackets, `data[email]`, are there as they are, and
    nested too: `data` -> `email`. `encoding` is a form's; bytes that are invalid in it are kept by Python's
    surrogateescape (`is_broken`). Raises BodyError.
    """
    plain = body.removeprefix(_BYTE_ORDER_MARK).strip()
    if not plain:
        raise BodyError("the body is empty")
    if plain[:1] in _OPENS_JSON:
        return Said("JSON", _object(plain))
    try:
        if not is_multipart(plain):
            return Said("a submitted form", _with_nested(_form(plain, encoding)))
        pairs = multipart_fields(plain, encoding)
    except MultipartBodyError as error:
        raise BodyError(str(error)) from error
    except UnicodeDecodeError as error:
        raise BodyError(f"the body is not {encoding}") from error
    if not pairs:
        raise BodyError("the body is multipart without a field")
    return Said("multipart", _with_nested(pairs))


def read_bodies(body: bytes, encoding: str = "utf-8") -> Sequence[Said]:
    """The same for a body that may be a JSON list of submissions. Raises BodyError."""
    if body.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] != b"[":
        return [read_body(body, encoding)]
    said = _json(body.removeprefix(_BYTE_ORDER_MARK))
    if not isinstance(said, list) or not said or not all(isinstance(one, dict) for one in said):
        raise BodyError("the body is a JSON list, but not one of objects with fields")
    if len(said) > MOST_FIELDS:
        raise BodyError(f"the body is a JSON list of more than {MOST_FIELDS:,} submissions")
    return [Said("JSON", one) for one in said]


def is_broken(text: str) -> bool:
    """Whether it holds bytes that were invalid in the encoding it was read in."""
    return not text.isascii() and _BROKEN.search(text) is not None


def query_fields(query: str) -> Mapping[str, object] | None:
    """`a=1&b=2` -> its fields. None if there are no fields, or too many."""
    return dict(_pairs(query) or ()) or None


def unquoted(value: str) -> str:
    """`a%3Db` -> `a=b`."""
    return unquote_plus(value)


def _object(body: bytes) -> Mapping[str, object]:
    said = _json(body)
    if isinstance(said, dict):
        return said
    raise BodyError(
        f"the body is JSON, but {'a list' if isinstance(said, list) else 'a text'} and no object with fields"
    )


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyError("the body begins as JSON but is cut off or broken") from error


def _form(body: bytes, encoding: str) -> list[tuple[str, str]]:
    if body[:1] == b"<":
        raise BodyError("the body is XML or HTML; have the service send JSON or a form")
    if b"=" not in body:
        raise BodyError("the body is neither JSON nor a form: it has no field=value")
    pairs = _pairs(body.decode(encoding, "surrogateescape"), encoding, "surrogateescape")
    if pairs is None:
        raise BodyError(f"the body is a form of more than {MOST_FIELDS:,} fields")
    if not pairs:
        raise BodyError("the body is neither JSON nor a form: it has no field=value")
    return pairs


def _pairs(query: str, encoding: str = "utf-8", errors: str = "replace") -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(query, keep_blank_values=True, encoding=encoding, errors=errors, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None


def _with_nested(pairs: Iterable[tuple[str, str]]) -> Mapping[str, object]:
    """The fields as they are, and nested as PHP reads brackets. A name without brackets wins over one with."""
    nested: dict[str, Any] = {}
    for name, value in pairs:
        match = _NESTED.fullmatch(name)
        if match is not None:
            _put(nested, [match[1], *match[2][1:-1].split("][")], value)
    return {**nested, **dict(pairs)}


def _put(fields: dict[str, Any], keys: list[str], value: str) -> None:
    *outer, last = keys
    for key in outer:
        inside = fields.setdefault(key or str(len(fields)), {})
        if not isinstance(inside, dict):
            return
        fields = inside
    fields[last or str(len(fields))] = value
