"""Puts the views that a view reads into its text: the engine then plans one query, not a tower of them. Pure."""

import re

_CREATE = re.compile(r"CREATE OR REPLACE VIEW (\w+) AS\s+")
_MOMENT = r"\(at = \{at:DateTime64\(3, 'UTC'\)\}\)"
_READ = re.compile(rf"\b(FROM|JOIN) (\w+)(?:{_MOMENT})?(?=\s|\)|$)(\s+AS\b)?")


def inlined(statements: list[str]) -> list[str]:
    """The statements that make views, each without a reference to one before it.

    Every view takes the moment under the same name, so the text of one means the same inside another. Why:
    docs/decisions/0012-webinar-instants.md.
    """
    queries: dict[str, str] = {}
    made = []
    for statement in statements:
        head = _CREATE.match(statement)
        assert head is not None, f"a file of clickhouse/views makes a view: {statement[:60]}"
        query = _READ.sub(lambda read: _subquery(read, queries), statement[head.end() :])
        queries[head[1]] = query
        made.append(head[0] + query)
    return made


def _subquery(read: re.Match[str], queries: dict[str, str]) -> str:
    keyword, name, alias = read.groups()
    if name not in queries:
        return read[0]
    return f"{keyword} (\n{queries[name]}\n){alias or f' AS {name}'}"
