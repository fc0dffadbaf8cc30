"""The id under which a forgotten person is remembered: a hash of the person's id, which is then kept nowhere. Pure."""

import hashlib

_HEX_DIGITS = 32


def forgotten_id(person_id: str) -> str:
    """`f_` and the first 128 bits of SHA-256 of a person_id (`p_…`, `r_…`). Neither that id nor the email
    follows from it.
    """
    return "f_" + hashlib.sha256(person_id.encode()).hexdigest()[:_HEX_DIGITS]


def forgotten_sql(expression: str) -> str:
    """The same of an SQL expression: no statement that ClickHouse keeps (mutations, its log) names the person."""
    return f"concat('f_', substring(lower(hex(SHA256({expression}))), 1, {_HEX_DIGITS}))"
