"""A wrong mapping is moved: withdrawn there, registered here, once, and back again."""

from pathlib import Path

import orjson
import pytest

from connectors.pipeline.remap import Remap
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from tests.connectors.pipeline.test_resolve import Place, submission


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.rules("forms: [{form: landing, webinar: zoom:1}]")
    place.sent += place.resolve(submission(1), submission(2))
    return place


def moved(place: Place, source: str, target: str, service: str | None = None) -> list[Outgoing]:
    sent: list[Outgoing] = []
    Remap(source, target, service).run(place.state, sent.extend, lambda _: None)
    place.sent += sent
    return sent


def standing(place: Place, webinar_id: str) -> dict[str, str]:
    """By person the status at the end, as the contract folds it (docs/contract.md, registration)."""
    order = ["registered", "approved", "cancelled", "denied", "withdrawn"]
    found: dict[str, tuple[str, int]] = {}
    for said in [orjson.loads(one.value) for one in place.sent]:
        if said["webinar_id"] == webinar_id:
            key = said["event_id"].split(":")[1]
            latest = (said["occurred_at"], order.index(said["status"]))
            found[key] = max(found.get(key, latest), latest)
    return {key: order[status] for key, (_, status) in found.items()}


def test_it_is_withdrawn_there_and_registered_here(place: Place) -> None:
    moved(place, "zoom:1", "zoom:2")
    assert standing(place, "zoom:1") == {"s1": "withdrawn", "s2": "withdrawn"}
    assert standing(place, "zoom:2") == {"s1": "registered", "s2": "registered"}


def test_every_id_is_of_one_webinar(place: Place) -> None:
    for source, target in (("1", "2"), ("2", "1"), ("1", "3"), ("3", "1")):
        moved(place, f"zoom:{source}", f"zoom:{target}")
    said = [orjson.loads(one.value) for one in place.sent]
    assert len({one["event_id"] for one in said}) == len(said)
    assert standing(place, "zoom:1") == {"s1": "registered", "s2": "registered"}
    assert standing(place, "zoom:2") == {"s1": "withdrawn", "s2": "withdrawn"}
    assert standing(place, "zoom:3") == {"s1": "withdrawn", "s2": "withdrawn"}


def test_a_second_run_moves_nothing(place: Place) -> None:
    assert len(moved(place, "zoom:1", "zoom:2")) == 4
    assert moved(place, "zoom:1", "zoom:2") == []


def test_one_that_was_cut_off_sends_the_same_again(place: Place) -> None:
    sent: list[Outgoing] = []

    def cut_off(records: object) -> None:
        sent.extend(records)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Remap("zoom:1", "zoom:2").run(place.state, cut_off, lambda _: None)
    assert moved(place, "zoom:1", "zoom:2") == sent


def test_only_those_of_the_service_are_moved(place: Place) -> None:
    with State(place.folder / "data") as state:
        assert Remap("zoom:1", "zoom:2", "other").count(state) == 0
        assert Remap("zoom:1", "zoom:2", "demo", "landing").count(state) == 2
        assert Remap("zoom:1", "zoom:2", "demo", "else").count(state) == 0
    assert moved(place, "zoom:1", "zoom:2", "other") == []


def test_a_delivery_repeated_afterwards_follows(place: Place) -> None:
    moved(place, "zoom:1", "zoom:2")
    (again,) = place.resolve(submission(1))
    assert again in place.sent
    assert again.key == b"zoom:2"
