"""The embedded ClickHouse server: one process that owns a data folder and speaks ClickHouse's HTTP interface.

It listens on loopback only. The engine is ClickHouse's own, as a library (`chdb-core`); all that a server adds is here:
`statement` (reading SQL, pure), `request`, `users`, `compression`, `errors`, `engine`, `running`, `server`, `__main__`.
It is for one machine without Docker; a real installation runs ClickHouse itself and nothing else changes.
"""
