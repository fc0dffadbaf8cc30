"""Bytes of a request -> what they say, as JSON or as a submitted form. Pure."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

import orjson

_MOST_FIELDS = 1000
_OPENS_JSON = (b"{", b"[")


def read_json(body: bytes) -> Mapping[str, object] | None:
    """The object in the body; None if there is none."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def read_fields(body: bytes) -> Mapping[str, object] | None:
    """A form's fields, whether it was posted as JSON or form-urlencoded; the last of a repeated field counts.

    What is said of the content type is not looked at: services get it wrong. None if it is neither.
    """
    if body.lstrip()[:1] in _OPENS_JSON:
        return read_json(body)
    return query_fields(body.decode("utf-8", "replace"))


def query_fields(query: str) -> Mapping[str, object] | None:
    """`a=1&b=2` -> its fields. None if there is no field, or more than anybody sends."""
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)) or None
    except ValueError:
        return None


def unquoted(value: str) -> str:
    """`a%3Db` -> `a=b`."""
    return unquote_plus(value)
