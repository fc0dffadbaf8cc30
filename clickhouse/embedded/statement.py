"""Reading SQL just far enough to serve it: where a statement ends, what it is, which format, where its data begin.

Pure. The rules of tokens are those of ClickHouse's lexer (src/Parsers/Lexer.cpp). The engine itself parses the rest.
Text is handled as latin-1, so that an index is a byte's place in the request.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from clickhouse.embedded.errors import INTO_OUTFILE_NOT_ALLOWED, SYNTAX_ERROR, ServerError

_TOKEN = re.compile(
    r"""(?P<space>[ \t\n\r\f\v]++ | (?:--|//|\#[ !])[^\n]*+)
    | (?P<comment>/\*)
    | (?P<string>'(?:[^'\\]++|\\.|'')*+(?:'|\Z))
    | (?P<quoted>"(?:[^"\\]++|\\.|"")*+(?:"|\Z) | `(?:[^`\\]++|\\.|``)*+(?:`|\Z))
    | (?P<heredoc>(?P<mark>\$[^$]*+\$).*?(?P=mark))
    | (?P<word>[A-Za-z_0-9$]++)
    | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})|\\(.)|``|\"\"", re.DOTALL)
_DATA_START = re.compile(r"[ \t\f]*+(?P<semicolon>;)?(?:\r?\n)?")
_READS = frozenset({"SELECT", "WITH", "(", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "CHECK"})
_STREAMED = frozenset({"SELECT", "WITH", "(", "FROM"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token that is neither space nor comment. `name` is the text of a word, or a quoted identifier unescaped."""

    kind: str
    name: str
    start: int
    end: int
    depth: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords (given in capitals)."""
        return self.kind == "word" and self.name.upper() in words


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT whose rows follow in the request: what it fills, its SETTINGS, the format, where the rows begin."""

    target: str
    settings: str
    format: str
    data_start: int

    @property
    def without_rows(self) -> str:
        """What the request says before its rows, but for their format."""
        return f"{self.target}\n{self.settings}"

    def from_file(self, path: str) -> str:
        """The same INSERT of the rows in a file. `path` needs no quoting."""
        # On lines of their own: what stands before may end with a comment.
        return f"{self.target}\nFROM INFILE '{path}' COMPRESSION 'none'\n{self.settings}\nFORMAT {self.format}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `format` is what its FORMAT clause says, `identifiers` every name in it, quoted ones unescaped.

    In small letters: `calls` the names before a parenthesis, `paths` pairs of names with a dot between them, `engines`
    those after ENGINE. `object` is the word after the verb, other than FULL and the like.
    """

    sql: str
    verb: str
    format: str | None
    identifiers: frozenset[str]
    calls: frozenset[str]
    inserts: bool
    paths: frozenset[tuple[str, str]]
    engines: frozenset[str]
    object: str

    @property
    def reads(self) -> bool:
        """Whether it only reads."""
        return self.verb in _READS and not self.inserts

    @property
    def streamable(self) -> bool:
        """Whether the engine can hand out its result block by block."""
        return self.verb in _STREAMED and not self.inserts


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, lazily, spaces and comments left out."""
    depth = place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None, "the last branch takes any character"
        kind, start, place = match.lastgroup or "", place, match.end()
        if kind == "comment":
            place = _comment_end(text, place)
        elif kind != "space":
            value = match.group()
            if value == ")":
                depth -= 1
            yield Token(kind, _unquote(value) if kind == "quoted" else value, start, place, depth)
            if value == "(":
                depth += 1


def find_insert(text: str) -> Insert | None:
    """The INSERT with data that a request begins with, or None. Needs only the statement, not its data."""
    stream = tokens(text)
    first = next(stream, None)
    if first is None or not first.is_word("INSERT"):
        return None
    named = after_dot = False
    awaiting: Token | None = None
    settings: Token | None = None
    for token in stream:
        if awaiting is not None:
            return _insert(text, settings, awaiting, token)
        if token.depth:
            continue
        if not named:
            named = not token.is_word("INTO", "TABLE", "FUNCTION")
        elif token.is_word("SELECT", "WITH", "INFILE") or token.name == ";":
            return None
        elif token.is_word("VALUES") and not after_dot:
            return Insert(*_halves(text, settings, token), "Values", token.end)
        elif token.is_word("SETTINGS") and not after_dot:
            settings = token
        elif token.is_word("FORMAT") and not after_dot:
            awaiting = token
        after_dot = token.name == "."
    return None


def parse(text: str) -> Statement:
    """The one statement of a text, a semicolon at its end left out.

    Raises ServerError: SYNTAX_ERROR for several statements, INTO_OUTFILE_NOT_ALLOWED for a file of this machine.
    """
    found = list(tokens(text))
    end = next((index for index, token in enumerate(found) if token.name == ";" and token.kind == "sign"), len(found))
    if any(token.name != ";" for token in found[end:]):
        raise ServerError(SYNTAX_ERROR, "Multi-statements are not allowed: send one statement a request")
    sql = text[: found[end].start] if end < len(found) else text
    found = found[:end]
    _refuse_files(found)
    top = [token for token in found if not token.depth]
    return Statement(
        sql=sql,
        verb=found[0].name.upper() if found else "",
        format=_output_format(top),
        identifiers=frozenset(token.name.lower() for token in found if token.kind in ("word", "quoted")),
        calls=frozenset(
            token.name.lower()
            for token, following in pairwise(found)
            if following.name == "(" and token.kind in ("word", "quoted")
        ),
        inserts=any(token.is_word("INSERT") for token in top),
        paths=frozenset(
            (first.name.lower(), last.name.lower())
            for first, dot, last in zip(found, found[1:], found[2:], strict=False)
            if dot.name == "." and first.kind in ("word", "quoted") and last.kind in ("word", "quoted")
        ),
        engines=_engines(found),
        object=next((token.name for token in found[1:] if not token.is_word("FULL", "EXTENDED", "TEMPORARY")), ""),
    )


def _engines(found: list[Token]) -> frozenset[str]:
    named = set()
    for index, token in enumerate(found[:-1]):
        if token.is_word("ENGINE"):
            name = found[index + 1 : index + 3]
            named.add(name[-1].name.lower() if name[0].name == "=" else name[0].name.lower())
    return frozenset(named)


def _insert(text: str, settings: Token | None, format_word: Token, name: Token) -> Insert:
    start = _DATA_START.match(text, name.end)
    assert start is not None, "matches the empty text too"
    if start.group("semicolon"):
        raise ServerError(SYNTAX_ERROR, "You have ';' symbol before data in INSERT query")
    return Insert(*_halves(text, settings, format_word), name.name, start.end())


def _halves(text: str, settings: Token | None, end: Token) -> tuple[str, str]:
    middle = (settings or end).start
    return text[:middle].rstrip(), text[middle : end.start].rstrip()


def _refuse_files(found: list[Token]) -> None:
    for token, following in pairwise(found):
        if token.is_word("INTO", "FROM") and following.is_word("OUTFILE", "INFILE"):
            message = "INTO OUTFILE and FROM INFILE are not allowed: they would reach files of the server's machine"
            raise ServerError(INTO_OUTFILE_NOT_ALLOWED, message)


def _output_format(top: list[Token]) -> str | None:
    for index in range(len(top) - 2, -1, -1):
        ends = index + 2 == len(top) or top[index + 2].is_word("SETTINGS")
        if ends and top[index].is_word("FORMAT") and top[index + 1].kind == "word":
            return top[index + 1].name
    return None


def _comment_end(text: str, place: int) -> int:
    nesting = 1
    for edge in _COMMENT_EDGE.finditer(text, place):
        nesting += 1 if edge.group() == "/*" else -1
        if not nesting:
            return edge.end()
    return len(text)


def _unquote(quoted: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match.group(1):
            return chr(int(match.group(1), 16))
        return match.group(2) or match.group()[0]

    return _ESCAPE.sub(plain, quoted[1:-1])
