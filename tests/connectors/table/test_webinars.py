"""Rows about webinars -> statements and totals."""

from streams.instants import format_instant
from tests.connectors.table.tables import READ_AT, berlin, events, reading, rejections, results

SAID_AT = format_instant(READ_AT)


def test_totals_say_numbers_and_what_else_is_known_of_the_webinar() -> None:
    read = reading("totals", "webinar_id title starts_at duration_minutes registrations visits visits_5m", name="old")
    webinar, totals = events(read, "zoom:7|Python|2026-11-22 18:00|1,5|1 020|388|")
    assert webinar == {
        "type": "webinar",
        "webinar_id": "zoom:7",
        "platform": "zoom",
        "occurred_at": SAID_AT,
        "title": "Python",
        "starts_at": berlin("2026-11-22 18:00"),
        "duration_seconds": 90,
        "timezone": "Europe/Berlin",
    }
    assert (totals["reported_by"], totals["reported_at"]) == ("old", SAID_AT)
    assert (totals["registrations"], totals["visits"], "visits_5m" in totals) == (1020, 388, False)


def test_totals_alone_say_nothing_else_and_may_carry_their_own_time() -> None:
    read = reading("totals", "webinar_id visits reported_at")
    (totals,) = events(read, "7|5|2026-11-23 10:00")
    assert totals["reported_at"] == totals["occurred_at"] == berlin("2026-11-23 10:00")
    assert rejections(read, "7||", "8|4,5|", "9|many|") == [
        "2: row: no number",
        "3: visits: not a whole number",
        "4: visits: not a whole number",
    ]


def test_columns_together_name_a_webinar_without_an_id() -> None:
    read = reading("totals", "visits", webinar_id_from=["Date", "Title"])
    ids = [one["webinar_id"] for one in events(read, "5|1.2.|Python", "6|2.2.|Python", "5|1.2. | Python")]
    assert len(ids) == 2
    assert all(one.startswith("zoom:row-") for one in ids)
    assert rejections(read, "5||Python") == ["2: webinar_id_from: one of its columns is empty"]


def test_two_rows_that_contradict_each_other_are_not_both_believed() -> None:
    read = reading("totals", "webinar_id visits")
    same, other = results(read, "7|5", "7|5", "7|6")
    assert getattr(same, "visits", None) == 5
    reason = "line 2 says something else of the same webinar; keep one of the two"
    assert (getattr(other, "line", 0), getattr(other, "reason", "")) == (4, reason)


def test_a_webinars_table_says_labels_and_never_what_services_tell() -> None:
    read = reading("webinars", "webinar_id course language format status", constants={"region": "EU"})
    (webinar,) = events(read, "7|python|en|Live|ended")
    labels = {"course": "python", "language": "en", "region": "EU", "format": "live", "status": "ended"}
    assert webinar == {
        "type": "webinar", "webinar_id": "zoom:7", "platform": "zoom", "occurred_at": SAID_AT, **labels
    }  # fmt: skip
    nothing = reading("webinars", "webinar_id title")
    assert rejections(nothing, "7|") == ["2: row: says nothing of the webinar"]
