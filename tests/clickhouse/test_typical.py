"""The band of what is typical is the same in SQL (typical_low, typical_high, baseline_timeline) and in Python."""

import random

from clickhouse_connect.driver.client import Client

from alerts.detection.typical import Peer, rates
from clickhouse.sql import rendered

_BAND = rendered("""
SELECT
    quantileExactWeighted(0.1)(part / of, weight) AS low,
    quantileExactWeighted(0.9)(part / of, weight) AS high,
    {typical_low low, {people:UInt32}},
    sum(weight * part) / sum(weight * of),
    {typical_high high, {people:UInt32}}
FROM
(
    SELECT arrayJoin({peers:Array(Tuple(weight UInt64, part UInt32, of UInt32))}) AS one,
        one.weight AS weight, one.part AS part, one.of AS of
)
""")


def test_the_band_of_a_rate_is_the_same(client: Client) -> None:
    chance = random.Random(1)
    for _ in range(40):
        peers = []
        for _ in range(chance.randrange(1, 60)):
            of = chance.randrange(1, 400)
            peers.append(Peer(chance.randrange(1, 1001), chance.randrange(of + 1), of))
        people = chance.randrange(1, 1000)
        said = {"people": people, "peers": [tuple(one) for one in peers]}
        ((_, _, *band),) = client.query(_BAND, parameters=said).result_rows
        expected = rates(peers, people)
        assert expected is not None
        assert all(abs(one - other) < 1e-9 for one, other in zip(band, expected, strict=True)), (peers, people)
