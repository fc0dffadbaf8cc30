"""Sending the result of a SELECT, as it comes or once it is whole, in bounded memory either way."""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from aiohttp import ClientConnectionResetError, web

from clickhouse.embedded.compression import Encoder
from clickhouse.embedded.engine import Connection
from clickhouse.embedded.errors import EngineError
from clickhouse.embedded.running import Running

logger = logging.getLogger(__name__)

# A whole result up to this size waits in memory, a larger one in a file.
_SPOOL_BYTES = 8 * 1024 * 1024
_PIECE = 1024 * 1024
Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """A SELECT that was started on a connection, and how its result goes out."""

    running: Running
    connection: Connection
    headers: dict[str, str]
    encoder: Encoder

    async def streamed(self, request: web.Request, sql: str, output: str, parameters: Parameters) -> web.StreamResponse:
        """Sends each piece as the engine makes it. An error after the first one can only follow the data."""
        piece = await self.running.call(self.connection.start, sql, output, parameters)
        tag = secrets.token_hex(8)
        self.headers["X-ClickHouse-Exception-Tag"] = tag
        response = await self._begin(request, None)
        try:
            while piece:
                await response.write(self.encoder.feed(piece))
                piece = await self.running.call(self.connection.next)
            await response.write(self.encoder.finish())
        except EngineError as error:
            # The status is sent already. The error stands between marks that clients know, and the connection is cut
            # without the last chunk, so that nobody takes half a result for a whole one.
            await response.write(self.encoder.feed(_marked(error, tag)) + self.encoder.finish())
            if request.transport is not None:
                request.transport.close()
        except ClientConnectionResetError:
            logger.debug("the client left in the middle of its result")
        return response

    async def spooled(self, request: web.Request, sql: str, output: str, parameters: Parameters) -> web.StreamResponse:
        """Sends the result when it is whole: an error has its own status, the summary is complete."""
        with SpooledTemporaryFile(_SPOOL_BYTES) as file:

            def spool() -> None:
                piece = self.connection.start(sql, output, parameters)
                while piece:
                    file.write(self.encoder.feed(piece))
                    piece = self.connection.next()
                file.write(self.encoder.finish())

            await self.running.call(spool)
            size = file.tell()
            file.seek(0)
            response = await self._begin(request, size)
            try:
                while piece := file.read(_PIECE):
                    await response.write(piece)
            except ClientConnectionResetError:
                logger.debug("the client left in the middle of its result")
        return response

    async def _begin(self, request: web.Request, size: int | None) -> web.StreamResponse:
        say_encoding(self.headers, self.encoder)
        self.headers["X-ClickHouse-Summary"] = summary_text(self.connection.summary)
        response = web.StreamResponse(headers=self.headers)
        response.content_length = size
        await response.prepare(request)
        return response


def say_encoding(headers: dict[str, str], encoder: Encoder) -> None:
    """Names the compression of a response in its headers."""
    if encoder.name is not None:
        headers["Content-Encoding"] = encoder.name


def summary_text(summary: dict[str, int]) -> str:
    """X-ClickHouse-Summary: numbers as text, as ClickHouse writes them."""
    return json.dumps({name: str(value) for name, value in summary.items()})


def _marked(error: EngineError, tag: str) -> bytes:
    # src/Server/HTTP/WriteBufferFromHTTPServerResponse.cpp of ClickHouse.
    message = f"{error}\n".encode()
    mark = tag.encode()
    return b"\r\n__exception__\r\n%b\r\n%b%d %b\r\n__exception__\r\n" % (mark, message, len(message), mark)
