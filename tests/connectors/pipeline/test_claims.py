"""Of a service's pollers one gets everything, and keeps it while it lives."""

from types import SimpleNamespace
from typing import Any

import pytest

from connectors.pipeline.claims import Claim, decode_claim, encode_claim, owner_of
from connectors.pipeline.owner_first import OwnerFirst

OWNER = Claim("a (pid 1)", since=100, owned=3, owner_since=150)
WAITING = Claim("b (pid 2)", since=50)
ERRAND = Claim("c (pid 3)", since=900, is_errand=True)


@pytest.mark.parametrize(
    ("claims", "owner"),
    [
        ({"x": WAITING}, "x"),
        ({"x": WAITING, "a": Claim("d", since=60)}, "x"),
        ({"x": WAITING, "z": OWNER}, "z"),
        # It was asleep while another one was chosen.
        ({"x": Claim("b", since=50, owned=2), "z": OWNER}, "z"),
        ({"x": WAITING, "z": OWNER, "y": ERRAND}, "y"),
        ({"y": ERRAND, "z": Claim("e", since=950, is_errand=True, owned=4)}, "z"),
        ({"b": WAITING, "a": WAITING}, "a"),
    ],
)
def test_who_polls_goes_on_and_a_single_run_comes_first(claims: dict[str, Claim], owner: str) -> None:
    assert owner_of(claims) == owner
    assert owner_of(dict(reversed(claims.items()))) == owner


def test_what_cannot_be_read_comes_last() -> None:
    assert decode_claim(encode_claim(OWNER)) == OWNER
    assert owner_of({"a": decode_claim(b"?"), "b": decode_claim(None), "c": WAITING}) == "c"


class Cluster:
    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1, 2}


def assigned(*assignors: OwnerFirst, generation: int) -> None:
    members: list[Any] = [
        SimpleNamespace(member_id=str(number), metadata=one.metadata(["wakes"])) for number, one in enumerate(assignors)
    ]
    given = assignors[0].assign(Cluster(), members)
    for number, one in enumerate(assignors):
        one.on_assignment(given[str(number)], generation)


def test_one_gets_all_partitions_and_it_is_known_since_when() -> None:
    first, second = OwnerFirst(Claim("a", 1)), OwnerFirst(Claim("b", 2))
    assigned(first, second, generation=1)
    since = first.claim.owner_since
    assert (first.claim.owned, second.claim.owned, since > 0) == (1, 0, True)
    assigned(second, first, generation=2)
    assert (first.claim.owned, first.claim.owner_since, second.claim.owner_since) == (2, since, 0)
    assigned(second, generation=3)
    assert second.claim.owned == 3
