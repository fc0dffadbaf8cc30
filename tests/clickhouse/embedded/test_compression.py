"""Compression piece by piece, both ways."""

import gzip
import zlib
from collections.abc import Callable

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from clickhouse.embedded.compression import Decoder, Encoder
from clickhouse.embedded.errors import ServerError

_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
}


@given(st.sampled_from(sorted(_COMPRESS)), st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 50))
def test_several_frames_cut_anywhere_are_decoded(name: str, frames: list[bytes], size: int) -> None:
    body = b"".join(_COMPRESS[name](frame) for frame in frames)
    decoder = Decoder(name)
    plain = b"".join(decoder.feed(body[place : place + size]) for place in range(0, len(body), size))
    decoder.finish()
    assert plain == b"".join(frames)


@given(st.sampled_from(["gzip", "deflate", "lz4", "zstd"]), st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_encoded_is_decoded(name: str, pieces: list[bytes]) -> None:
    encoder, decoder = Encoder(name), Decoder(name)
    body = b"".join(encoder.feed(piece) for piece in pieces) + encoder.finish()
    assert decoder.feed(body) == b"".join(pieces)
    decoder.finish()


@pytest.mark.parametrize("name", ["gzip", "deflate", "lz4", "zstd"])
def test_a_broken_or_short_body_is_an_error(name: str) -> None:
    with pytest.raises(ServerError) as raised:
        Decoder(name).feed(b"this is not compressed at all")
    assert raised.value.code == 271
    decoder = Decoder(name)
    decoder.feed(_COMPRESS[name](b"x" * 1000)[:-4])
    with pytest.raises(ServerError, match="too early"):
        decoder.finish()


def test_an_unknown_compression_is_an_error() -> None:
    with pytest.raises(ServerError) as raised:
        Decoder("rot13")
    assert raised.value.status == 501


@pytest.mark.parametrize(
    ("accepted", "name"),
    [("", None), ("br", None), ("gzip, deflate, br", "gzip"), ("lz4,zstd,gzip", "lz4"), ("lz4;q=0, zstd", "zstd")],
)
def test_the_quickest_that_is_accepted(accepted: str, name: str | None) -> None:
    assert Encoder(accepted).name == name
