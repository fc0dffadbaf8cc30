"""Compression of requests and responses: gzip, deflate, lz4 (frames) and zstd, piece by piece in bounded memory."""

import zlib
from collections.abc import Callable
from typing import Any

import lz4.frame
import zstandard

from clickhouse.embedded.errors import CANNOT_DECOMPRESS, NOT_IMPLEMENTED, ServerError

# zlib's window bits: 31 is the gzip container, 15 the zlib container that HTTP calls deflate.
_DECOMPRESSORS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(31),
    "deflate": lambda: zlib.decompressobj(15),
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
}
_BROKEN = (zlib.error, zstandard.ZstdError, RuntimeError, EOFError)
# In this order where a client takes several: the quickest first.
_PREFERRED = ("lz4", "zstd", "gzip", "deflate")


class Decoder:
    """Decompresses a request's body. A body may be several compressed frames one after the other."""

    def __init__(self, encoding: str) -> None:
        """`encoding` is the Content-Encoding. Raises ServerError for one that is not known."""
        self._name = encoding.strip().lower()
        if self._name not in ("", "identity") and self._name not in _DECOMPRESSORS:
            raise ServerError(NOT_IMPLEMENTED, f"Unknown compression method {encoding!r}: gzip, deflate, lz4 or zstd")
        self._new = _DECOMPRESSORS.get(self._name)
        self._frame: Any = None

    def feed(self, data: bytes) -> bytes:
        """The next piece, plain. Raises ServerError CANNOT_DECOMPRESS."""
        if self._new is None:
            return data
        parts = []
        while data:
            if self._frame is None:
                self._frame = self._new()
            try:
                parts.append(self._frame.decompress(data))
            except _BROKEN as error:
                raise ServerError(CANNOT_DECOMPRESS, f"The body is not {self._name}: {error}") from error
            data = b""
            if self._frame.eof:
                data, self._frame = self._frame.unused_data or b"", None
        return b"".join(parts)

    def finish(self) -> None:
        """Says that the body ended. Raises ServerError when it ended in the middle of a frame."""
        if self._frame is not None:
            raise ServerError(CANNOT_DECOMPRESS, f"The {self._name} body ends too early")


class Encoder:
    """Compresses a response. `name` is its Content-Encoding, None for plain."""

    def __init__(self, accepted: str) -> None:
        """`accepted` is the request's Accept-Encoding."""
        offers = dict(_offer(part) for part in accepted.lower().split(","))
        self.name = next((name for name in _PREFERRED if offers.get(name, False)), None)
        self._compressor: Any = None
        if self.name == "lz4":
            self._compressor = lz4.frame.LZ4FrameCompressor()
        elif self.name == "zstd":
            self._compressor = zstandard.ZstdCompressor(level=1).compressobj()
        elif self.name is not None:
            self._compressor = zlib.compressobj(1, zlib.DEFLATED, 31 if self.name == "gzip" else 15)
        self._begun = self.name != "lz4"

    def feed(self, data: bytes) -> bytes:
        """The next piece, compressed; may be empty."""
        if self._compressor is None:
            return data
        compressed: bytes = self._begin() + self._compressor.compress(data)
        return compressed

    def finish(self) -> bytes:
        """What is still inside, and the end of the frame."""
        if self._compressor is None:
            return b""
        rest: bytes = self._begin() + self._compressor.flush()
        return rest

    def _begin(self) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        header: bytes = self._compressor.begin()
        return header


def _offer(part: str) -> tuple[str, bool]:
    name, _, quality = part.partition(";")
    return name.strip(), quality.strip() not in ("q=0", "q=0.0")
