"""ClickHouse's HTTP interface: one statement a request, each request on its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial

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
from clickhouse.embedded.rows import Rows
from clickhouse.embedded.running import Runner
from clickhouse.embedded.statement import Insert, Statement, find_insert, parse
from clickhouse.embedded.users import Reach, User, authenticate

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
# How the engine reads the rows of an INSERT, unless the client says otherwise. More threads would cost a small one more
# than they bring a large one, rows that are mapped count as memory, and blocks of 65,409 rows may be large.
_READ_ROWS = {
    "input_format_parallel_parsing": "0",
    "storage_file_read_method": "pread",
    "input_format_max_block_size_bytes": "16777216",
}
# What makes room, or writes nothing.
_NEED_NO_ROOM = frozenset({"DROP", "KILL", "SET", "USE", "SYSTEM"})
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
# A browser says them of itself, and a page cannot take them away (Fetch Metadata, Fetch, CORS).
_OF_BROWSERS = frozenset({"origin", "referer", "access-control-request-method"})
_TABLE_FUNCTIONS = "SELECT name FROM system.table_functions"
_MODEL_FUNCTIONS = "SELECT name FROM system.functions WHERE match(name, '^(ai|AI)[A-Z]')"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """The request handlers over one engine."""

    def __init__(self, engine: Engine, users: Mapping[str, User]) -> None:
        self._engine = engine
        self._users = users
        self._pulse = Pulse(engine)
        self._reach = Reach.of(engine.names(_TABLE_FUNCTIONS), engine.names(_MODEL_FUNCTIONS))
        self.runner = Runner(engine)

    def application(self) -> web.Application:
        """The routes: `/` for queries, `/ping` for health checks."""
        app = web.Application(middlewares=[_refuse_browsers])
        app.add_routes([web.get("/ping", self._ping), web.get("/", self._handle), web.post("/", self._handle)])
        return app

    async def _ping(self, _: web.Request) -> web.Response:
        """A real server's says that it listens; this one, that the engine answers too."""
        status, said = await self._pulse.feel()
        return web.Response(status=status, text=f"{said}\n")

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        query_id = ""
        try:
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
            user.check(parse(insert.without_rows), query.settings, query.database, self._reach)
            return await self._insert(user, query, insert, _inline_data(insert, text), body)
        statement = parse(text + await body.rest())
        if not statement.verb:
            return await self._ping(request)
        user.check(statement, query.settings, query.database, self._reach)
        if statement.verb in ("SET", "USE") and "session_id" in request.query:
            raise ServerError(NOT_IMPLEMENTED, "Sessions are not kept: send settings and database with each request")
        if statement.sql.strip() == HELLO:
            answer = hello(query.client_revision, self._engine.version, self._engine.timezone)
            return web.Response(body=answer, headers=self._headers(query, "Native"))
        return await self._run(request, user, query, statement)

    async def _insert(self, user: User, query: Query, insert: Insert, inline: bytes, body: Body) -> web.Response:
        def prepare(connection: Connection) -> None:
            settings = {**_READ_ROWS, **query.settings}
            connection.prepare(query.query_id, query.database, settings, readonly=0, access=user.access)

        with ExitStack() as stack:
            rows = stack.enter_context(Rows())
            rows.add(inline)
            async for piece in body.pieces():
                await asyncio.to_thread(rows.add, piece)
            async with self.runner.query(query.query_id, prepare, reads=False) as (running, connection):
                # All rows are here: a client that leaves now gets them stored, as ClickHouse does it. Whoever reads
                # the file closes it, even if this task is cancelled first.
                running.cancellable = False
                sql, kept = _utf8(insert.from_file(rows.path)), stack.pop_all()
                await running.call(self._write, connection, sql, "Null", query.parameters, kept)
        return web.Response(headers=self._headers(query, None, connection.summary))

    async def _run(self, request: web.Request, user: User, query: Query, statement: Statement) -> web.StreamResponse:
        readonly = int(user.readonly or request.method == "GET")
        sql, output = _utf8(statement.sql), statement.format or query.default_format

        def prepare(connection: Connection) -> None:
            connection.prepare(query.query_id, query.database, query.settings, readonly, access=user.access)

        async with self.runner.query(query.query_id, prepare, reads=statement.reads) as (running, connection):
            running.cancellable = statement.reads
            encoder = Encoder(request.headers.get("Accept-Encoding", "") if query.compress else "")
            if statement.streamable and output in _STREAMED_FORMATS:
                result = Result(running, connection, self._headers(query, output), encoder)
                send = result.spooled if query.wait_for_end else result.streamed
                return await send(request, sql, output, query.parameters)
            writes = not statement.reads and statement.verb not in _NEED_NO_ROOM
            run = partial(self._write, connection) if writes else connection.run
            data = await running.call(run, sql, output, query.parameters)
            headers = self._headers(query, output if data or statement.reads else None, connection.summary)
            say_encoding(headers, encoder)
            return web.Response(body=encoder.feed(data) + encoder.finish(), headers=headers)

    def _write(
        self,
        connection: Connection,
        sql: str,
        output: str,
        parameters: Mapping[str, str],
        kept: AbstractContextManager[object] | None = None,
    ) -> bytes:
        """Runs a statement that writes; closes what was `kept` for it. When this returns, what it wrote is stored."""
        with kept or nullcontext():
            self._engine.check_room()
            data = connection.run(sql, output, parameters)
            self._engine.check_writes()
            return data

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


@web.middleware
async def _refuse_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A web page that a person has open can send requests to loopback; no client of a database sends these headers.
    host = request.url.host or ""
    browser = any(name in _OF_BROWSERS or name.startswith("sec-fetch-") for name in map(str.lower, request.headers))
    if browser or not (host == "localhost" or is_loopback(host)):
        error = ServerError(ACCESS_DENIED, "Requests of web pages are not served")
        headers = {"X-ClickHouse-Exception-Code": str(error.code)}
        return web.Response(status=error.status, text=f"{error}\n", headers=headers)
    return await handler(request)


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")


def _utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise ServerError(BAD_ARGUMENTS, "The statement is not UTF-8 text") from error
