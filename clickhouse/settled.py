"""Settled counts from before migration 0020, which lack watch times; `funnel migrate` reports them."""

from collections.abc import Iterator

from clickhouse_connect.driver.client import Client

_COLUMNS = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'settled_counts'"


def unsettled(client: Client) -> Iterator[str]:
    """What the workers' timers have to do, in a line for people; empty if everything is settled."""
    columns = {name for (name,) in client.query(_COLUMNS).result_rows}
    if not columns:
        return
    where = " WHERE empty(watching)" if "watching" in columns else ""
    webinars = client.query(f"SELECT count() FROM settled_counts FINAL{where}").result_rows[0][0]
    if webinars:
        yield (
            f"Watch times and peaks of {webinars:,} settled webinars: the workers' timers count these webinars anew, a"
            " few minutes. Every number is right from now on, while long ranges take longer."
        )
