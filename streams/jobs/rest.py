"""How long a job that keeps numbers of now rests after a turn. Pure."""

SHARE = 3.0
"""A turn is followed by a pause of so many times its own length: it never takes more than a quarter of a core."""


def rest_after(seconds: float, most: float) -> float:
    """Seconds to rest after a turn of so many.

    `most`: shorter than what is kept may lie behind (clickhouse/fragments/kept_seconds.sql, people_kept_seconds.sql): a
    turn in which the process stood still would otherwise keep its pages from what is kept for minutes.
    """
    return min(SHARE * seconds, most)
