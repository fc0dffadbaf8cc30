"""A dashboard's query in the server's form: variables as in Grafana's browser, macros as in its back end. Pure.

In this order: $__conditionalAll and the dashboard's variables (CHDatasource.applyTemplateVariables), Grafana's own
variables of the time range, the time macros (pkg/macros of the data source).
"""

import re
from collections.abc import Mapping, Sequence

from grafana.preview.macros import Span, expand_macros
from grafana.preview.variables import ALL, Chosen, Value, write_variables

__all__ = ["ALL", "Chosen", "Span", "Value", "expand", "expand_all"]

_OWN = re.compile(
    r"\$\{__(from|to|interval|interval_ms|range_ms|range_s)\}|\$__(from|to|interval|interval_ms|range_ms|range_s)\b"
)


def expand(
    raw_sql: str, variables: Mapping[str, Sequence[str] | str], begin_ms: int, end_ms: int, interval_ms: int = 60_000
) -> str:
    """The statement for the server. Raises ValueError if something would reach it unexpanded."""
    values = {name: value if isinstance(value, str) else list(value) for name, value in variables.items()}
    return expand_all(raw_sql, Chosen(values), Span(begin_ms, end_ms, interval_ms))


def expand_all(raw_sql: str, chosen: Chosen, span: Span) -> str:
    """`expand`, with the values for All known."""
    text = _OWN.sub(lambda use: _own(use[1] or use[2], span), write_variables(raw_sql, chosen))
    return expand_macros(text, span)


def _own(name: str, span: Span) -> str:
    length = span.end - span.begin
    return {
        "from": str(span.begin),
        "to": str(span.end),
        "interval": _interval(span.interval),
        "interval_ms": str(span.interval),
        "range_ms": str(length),
        "range_s": str(round(length / 1000)),
    }[name]


def _interval(milliseconds: int) -> str:
    """In the largest unit that gives a whole number, as in Grafana: 30s, 5m, 2h, 1d."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds >= size and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
