"""Ids that follow from content: stable against repetition, different for different content."""

import pytest
from pydantic import ValidationError

from connectors.toolkit.content_id import event_of

CONTENT: dict[str, object] = {
    "type": "registration",
    "webinar_id": "zoom:1",
    "platform": "zoom",
    "person_id": "p_" + "0" * 32,
    "status": "registered",
    "occurred_at": "2026-11-22T18:00:00.000Z",
}


def test_time_of_receipt_and_order_of_fields_do_not_matter() -> None:
    first = event_of(CONTENT, 1_700_000_000_000, "x")
    again = event_of(dict(reversed(CONTENT.items())) | {"country": None}, 1_800_000_000_000, "x")
    assert first.event_id == again.event_id
    assert first.event_id.startswith("x:")
    assert again.received_at == 1_800_000_000_000


@pytest.mark.parametrize("change", [{"status": "approved"}, {"country": "DE"}, {"webinar_id": "zoom:2"}])
def test_other_content_has_another_id(change: dict[str, object]) -> None:
    assert event_of(CONTENT, 1_700_000_000_000, "x").event_id != event_of(CONTENT | change, 0, "x").event_id


def test_content_against_the_contract_is_refused() -> None:
    with pytest.raises(ValidationError):
        event_of(CONTENT | {"person_id": "ann@example.com"}, 1_700_000_000_000, "x")
