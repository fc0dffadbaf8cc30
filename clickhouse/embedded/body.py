"""Reading a request's body in pieces: decompressed, never whole in memory unless it is a statement."""

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web

from clickhouse.embedded.compression import Decoder
from clickhouse.embedded.errors import NOT_IMPLEMENTED, QUERY_IS_TOO_LARGE, ServerError

# An INSERT's statement must end within so much (ClickHouse's max_query_size).
HEAD_BYTES = 256 * 1024
# A statement with everything written into it. The engine refuses more than its max_query_size, which can be set.
STATEMENT_BYTES = 16 * 1024 * 1024
_PIECE = 1024 * 1024


class Body:
    """One request's body. Raises ServerError where it cannot be decompressed."""

    def __init__(self, request: web.Request) -> None:
        self._content = request.content
        self._decoder = Decoder(request.headers.get("Content-Encoding", ""))
        self._ended = False

    async def head(self) -> str:
        """The first HEAD_BYTES or more as latin-1 text, less only when the body is shorter."""
        return (await self._take(HEAD_BYTES)).decode("latin-1")

    async def rest(self) -> str:
        """All that is left, as latin-1 text. Raises ServerError when it is too long for a statement."""
        data = await self._take(STATEMENT_BYTES)
        if not self._ended:
            message = f"A statement of more than {STATEMENT_BYTES // 1024 // 1024} MiB is not served"
            raise ServerError(QUERY_IS_TOO_LARGE, message)
        return data.decode("latin-1")

    async def pieces(self) -> AsyncIterator[bytes]:
        """All that is left, in pieces of about a mebibyte."""
        while not self._ended:
            yield await self._take(_PIECE)

    async def _take(self, size: int) -> bytes:
        parts: list[bytes] = []
        taken = 0
        while taken < size and not self._ended:
            data = await self._content.readany()
            if data:
                parts.append(self._decoder.feed(data))
                taken += len(parts[-1])
            else:
                self._ended = True
                self._decoder.finish()
        return b"".join(parts)


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a multipart form, as clients send long queries and parameters; empty for any other body.

    Raises ServerError for a file in it (an external table) and for too much of it.
    """
    fields: dict[str, str] = {}
    if request.content_type != "multipart/form-data":
        return fields
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not (part.name == "query" or (part.name or "").startswith("param_")):
            raise ServerError(NOT_IMPLEMENTED, "External tables are not served")
        data = bytearray()
        while piece := await part.read_chunk(HEAD_BYTES):
            data += piece
            size += len(piece)
            if size > STATEMENT_BYTES:
                raise ServerError(QUERY_IS_TOO_LARGE, "The form is too large")
        fields[part.name or ""] = data.decode("utf-8", "replace")
    return fields
