"""The greeting of clickhouse-go, the client in Grafana's ClickHouse plugin.

It asks for the server's revision and decodes Native blocks by the lower of that and its own; the engine writes
blocks of revision 0, so it must hear 0. The answer itself it decodes by the revision it sent with the question.
"""

HELLO = "SELECT displayName(), version(), revision(), timezone()"

# Revisions since which a block begins with its info, and a column says whether its serialization is a custom one
# (src/Core/ProtocolDefines.h of ClickHouse).
_WITH_BLOCK_INFO = 51903
_WITH_CUSTOM_SERIALIZATION = 54454
_BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"


def hello(client_revision: int, version: str, timezone: str) -> bytes:
    """The answer: one Native block of one row, written for a client of this revision."""
    info = _BLOCK_INFO if client_revision >= _WITH_BLOCK_INFO else b""
    custom = b"\x00" if client_revision >= _WITH_CUSTOM_SERIALIZATION else b""

    def column(name: str, kind: str, value: bytes) -> bytes:
        return _text(name) + _text(kind) + custom + value

    return b"".join(
        (
            info,
            b"\x04\x01",
            column("displayName()", "String", _text("embedded")),
            column("version()", "String", _text(version)),
            column("revision()", "UInt32", bytes(4)),
            column("timezone()", "String", _text(timezone)),
        )
    )


def _text(value: str) -> bytes:
    data = value.encode()
    assert len(data) < 128, "a longer text needs a longer length prefix"
    return bytes([len(data)]) + data
