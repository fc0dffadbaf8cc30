"""Any JSON in any field of a payload, and what has to hold of whatever a mapping makes of it."""

import copy
import re
from collections.abc import Sequence
from typing import Any

import orjson
from hypothesis import strategies as st

from connectors.mapped import Context, FormRegistration, Mapped, Rejection
from contract.events import EVENT, Webinar, encode
from contract.topics import MAX_RECORD_BYTES

NOW = 1_795_370_400_000
"""2026-11-22T18:00:00Z."""
CONTEXT = Context(secret="0123456789abcdef" * 2, received_at=NOW)


_UNCLEAN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")

_texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "ann@example.com",
            "0",
            "-1",
            "2026-11-22T18:00:00Z",
            "9" * 400,
            "x" * 2000,
            "\x00",
            "é@",
            "a\nb",
            "a\u2028b",
            "a\u202eb",
        ]
    ),
)
_numbers = st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), _numbers, _texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_texts, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def _changed(draw: st.DrawFn, sample: Any) -> Any:
    """The sample with one or two of its values, wherever in it, replaced by any JSON, or taken out."""
    changed = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, 2))):
        inside: Any = changed
        while isinstance(inside, dict | list) and inside:
            key = draw(st.sampled_from(list(inside) if isinstance(inside, dict) else list(range(len(inside)))))
            if not isinstance(inside[key], dict | list) or not inside[key] or draw(st.integers(0, 3)) == 0:
                if draw(st.integers(0, 3)) == 0:
                    del inside[key]
                else:
                    inside[key] = draw(values)
                break
            inside = inside[key]
    return changed


def bodies(*samples: Any) -> st.SearchStrategy[bytes]:
    """Bodies that begin as one of the samples; any JSON; any bytes."""
    near = st.sampled_from(samples).flatmap(_changed)
    return st.one_of(near.map(orjson.dumps), values.map(orjson.dumps), st.binary(max_size=60))


def _texts_of(event: dict[str, Any]) -> list[str]:
    """What people read of an event."""
    said = [event.get(name) for name in ("title", "course", "language", "region", "timezone", "country")]
    for name in ("service", "source"):
        for value in (event.get(name) or {}).values():
            said += value if isinstance(value, list) else [value]
    return [one for one in said if one]


def sound(mapped: Sequence[Mapped]) -> bool:
    """Events that the workers take, registrations that can be kept, rejections; and nobody's email in any of them."""
    for one in mapped:
        if isinstance(one, Rejection):
            assert one.detail
        elif isinstance(one, FormRegistration):
            assert one.submission
            assert one.form
            assert one.person["person_id"]
            assert len(one.submission) <= 100
        else:
            assert EVENT.validate_json(encode(one)) == one
            assert all(said.isprintable() or not _UNCLEAN.search(said) for said in _texts_of(one.model_dump()))
            assert len(encode(one)) < MAX_RECORD_BYTES / 10
        # A title and a time zone are the organiser's own public words.
        of_people = one.model_copy(update={"title": None, "timezone": None}) if isinstance(one, Webinar) else one
        assert "ann@example.com" not in repr(of_people).lower()
    return True
