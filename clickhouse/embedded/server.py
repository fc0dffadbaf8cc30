"""ClickHouse's HTTP interface: one statement a request, each request on its own."""

from collections.abc import Mapping

from aiohttp import web

from clickhouse.embedded.body import Body, read_form
from clickhouse.embedded.compression import Encoder
from clickhouse.embedded.engine import Connection, Engine
from clickhouse.embedded.errors import ACCESS_DENIED, BAD_ARGUMENTS, NOT_IMPLEMENTED, READONLY, ServerError
from clickhouse.embedded.hello import HELLO, hello
from clickhouse.embedded.hosts import is_loopback
from clickhouse.embedded.pulse import Pulse
from clickhouse.embedded.request import Query, read_query
from clickhouse.embedded.result import Result, say_encoding, summary_text
from clickhouse.embedded.running import Runner
from clickhouse.embedded.statement import Insert, Statement, find_insert, parse
from clickhouse.embedded.users import User, authenticate

# Formats without head and foot: the pieces of a result make the whole when put together.
_STREAMED_FORMATS = frozenset(
    (
        "Native",
        "TabSeparated",
        "TSV",
        "TabSeparatedRaw",
        "TSVRaw",
        "CSV",
        "RowBinary",
        "JSONEachRow",
        "NDJSON",
        "JSONLines",
        "JSONCompactEachRow",
        "JSONStringsEachRow",
        "LineAsString",
        "RawBLOB",
    )
)
_CONTENT_TYPES = {
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "CSVWithNames": "text/csv; charset=UTF-8; header=present",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "Native": "application/octet-stream",
    "RowBinary": "application/octet-stream",
}


class Server:
    """The request handlers over one engine."""

    def __init__(self, engine: Engine, users: Mapping[str, User]) -> None:
        self._engine = engine
        self._users = users
        self._pulse = Pulse(engine)
        self.runner = Runner(engine)

    def application(self) -> web.Application:
        """The routes: `/` for queries, `/ping` for health checks."""
        app = web.Application()
        app.add_routes([web.get("/ping", self._ping), web.get("/", self._handle), web.post("/", self._handle)])
        return app

    async def _ping(self, _: web.Request) -> web.Response:
        """A real server's says that it listens; this one, that the engine answers too."""
        status, said = await self._pulse.feel()
        return web.Response(status=status, text=f"{said}\n")

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        query_id = ""
        try:
            _refuse_browsers(request)
            user = authenticate(self._users, request.headers, request.query)
            query = read_query(request.query, request.headers, await read_form(request))
            query_id = query.query_id
            return await self._answer(request, user, query)
        except ServerError as error:
            return self._error(error, query_id)

    async def _answer(self, request: web.Request, user: User, query: Query) -> web.StreamResponse:
        body = Body(request)
        insert = find_insert(_latin(query.text) + "\n") if query.text else None
        text = _latin(query.text) + "\n" if query.text else ""
        if insert is None:
            text += await body.head()
            insert = find_insert(text)
        if insert is not None:
            if user.readonly or request.method == "GET":
                raise ServerError(READONLY, f"{user.name}: Cannot execute query in readonly mode")
            return await self._insert(query, insert, _inline_data(insert, text), body)
        statement = parse(text + await body.rest())
        if not statement.verb:
            return await self._ping(request)
        user.check(statement, query.settings)
        if statement.verb in ("SET", "USE") and "session_id" in request.query:
            raise ServerError(NOT_IMPLEMENTED, "Sessions are not kept: send settings and database with each request")
        if statement.sql.strip() == HELLO:
            answer = hello(query.client_revision, self._engine.version, self._engine.timezone)
            return web.Response(body=answer, headers=self._headers(query, "Native"))
        readonly = 1 if user.readonly else 2 if request.method == "GET" else 0
        return await self._run(request, query, statement, readonly)

    async def _insert(self, query: Query, insert: Insert, inline: bytes, body: Body) -> web.StreamResponse:
        def prepare(connection: Connection) -> None:
            connection.prepare(query.query_id, query.database, query.settings, readonly=0)
            connection.insert(_utf8(insert.sql), insert.format)
            connection.append(inline)

        async with self.runner.query(query.query_id, prepare, reads=False) as (running, connection):
            async for piece in body.pieces():
                await running.call(connection.append, piece)
            # All rows are here: a client that leaves now gets them stored, as ClickHouse does it.
            running.cancellable = False
            await running.call(connection.finish)
        return web.Response(headers=self._headers(query, None, connection.summary))

    async def _run(self, request: web.Request, query: Query, statement: Statement, readonly: int) -> web.StreamResponse:
        sql, output = _utf8(statement.sql), statement.format or query.default_format

        def prepare(connection: Connection) -> None:
            connection.prepare(query.query_id, query.database, query.settings, readonly)

        async with self.runner.query(query.query_id, prepare, reads=statement.reads) as (running, connection):
            running.cancellable = statement.reads
            encoder = Encoder(request.headers.get("Accept-Encoding", "") if query.compress else "")
            if statement.streamable and output in _STREAMED_FORMATS:
                result = Result(running, connection, self._headers(query, output), encoder)
                send = result.spooled if query.wait_for_end else result.streamed
                return await send(request, sql, output, query.parameters)
            data = await running.call(connection.run, sql, output, query.parameters)
            headers = self._headers(query, output if data or statement.reads else None, connection.summary)
            say_encoding(headers, encoder)
            return web.Response(body=encoder.feed(data) + encoder.finish(), headers=headers)

    def _headers(self, query: Query, output: str | None, summary: dict[str, int] | None = None) -> dict[str, str]:
        headers = {
            "X-ClickHouse-Query-Id": query.query_id,
            "X-ClickHouse-Timezone": self._engine.timezone,
            "X-ClickHouse-Server-Display-Name": "embedded",
            "X-ClickHouse-Summary": summary_text(summary or {}),
            "Content-Type": _CONTENT_TYPES.get(output or "", "text/plain; charset=UTF-8"),
        }
        if output is not None:
            headers["X-ClickHouse-Format"] = output
        return headers

    def _error(self, error: ServerError, query_id: str) -> web.Response:
        text = str(error)
        if "(version " not in text:
            text += f" (version {self._engine.version} (embedded))"
        headers = {
            "X-ClickHouse-Exception-Code": str(error.code),
            "X-ClickHouse-Query-Id": query_id,
            "X-ClickHouse-Timezone": self._engine.timezone,
            "X-ClickHouse-Server-Display-Name": "embedded",
        }
        return web.Response(status=error.status, text=text + "\n", headers=headers)


def _inline_data(insert: Insert, text: str) -> bytes:
    data = text[insert.data_start :]
    if insert.format == "Values":
        # The engine would drop what follows a semicolon without a word.
        parse(data)
    return data.encode("latin-1")


def _refuse_browsers(request: web.Request) -> None:
    # A web page that a person has open can send requests to loopback; no client of a database sends these headers.
    host = request.url.host or ""
    if "Origin" in request.headers or not (host == "localhost" or is_loopback(host)):
        raise ServerError(ACCESS_DENIED, "Requests of web pages are not served")


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")


def _utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise ServerError(BAD_ARGUMENTS, "The statement is not UTF-8 text") from error
