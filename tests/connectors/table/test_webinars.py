"""Rows about webinars -> statements and totals."""

from connectors.table.mapping import Imported
from contract.instants import format_instant
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
    reason = "line 2 has other values for the same webinar; keep one of the two"
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


def test_a_date_alone_is_no_begin_of_who_came() -> None:
    read, imported = reading("attendance", "webinar_id email joined_at starts_at title"), Imported()
    found = results(
        read,
        "7|ann@example.com|2026-11-22 18:05|2026-11-22|Python",
        "8|ann@example.com|2026-11-22 18:05|2026-11-22 18:00|Python",
        "9|ann@example.com|2026-11-22 18:05||Python",
        imported=imported,
    )
    assert [one.webinar_id for one in found if getattr(one, "type", "") == "webinar"] == ["zoom:8"]
    assert (imported.without_begin, imported.days_only) == ({"zoom:7", "zoom:9"}, {"zoom:7"})


def test_the_date_of_the_begin_is_that_of_times_without_one() -> None:
    read = reading("attendance", "webinar_id email joined_at left_at starts_at", dates=["%H:%M", "%d.%m.%Y"])
    for starts_at in ("2026-11-22", "22.11.2026", "2026-11-22 18:00", "2026-11-22T17:00:00Z", "46348"):
        *_, joined, left = events(read, f"7|ann@example.com|18:05|00:10|{starts_at}")
        assert (joined["occurred_at"], left["occurred_at"]) == (berlin("2026-11-22 18:05"), berlin("2026-11-23 00:10"))
    assert rejections(read, "7|ann@example.com|18:05||")[0].startswith("2: joined_at: a time without a date")


def test_a_webinars_table_needs_the_time_of_day() -> None:
    read = reading("webinars", "webinar_id title starts_at started_at ended_at completed_at")
    (webinar,) = events(read, "7|Python|2026-11-22 00:00|||2026-11-23")
    assert (webinar["starts_at"], webinar["completed_at"]) == (berlin("2026-11-22 00:00"), berlin("2026-11-23 00:00"))
    why = "a date without a time of day: name the columns of both, such as [Date, Time]"
    assert rejections(read, "7|Python|2026-11-22|||", "8||2026-11-22 18:00|2026-11-22||", "9||||2026-11-22|") == [
        f"2: starts_at: {why}",
        f"3: started_at: {why}",
        f"4: ended_at: {why}",
    ]


def test_totals_of_a_day_begin_then_only_if_nobody_says_when() -> None:
    read, imported = reading("totals", "webinar_id title starts_at visits"), Imported()
    day, title, totals = events(read, "7|Python|2026-11-22|5")
    assert day == {
        "type": "webinar",
        "webinar_id": "zoom:7",
        "platform": "zoom",
        "occurred_at": "2000-01-10T19:46:33.600Z",
        "starts_at": berlin("2026-11-22 00:00"),
        "timezone": "Europe/Berlin",
    }
    assert ("starts_at" in title, "timezone" in title, title["title"], totals["visits"]) == (False, False, "Python", 5)
    assert len(results(read, "7||2026-11-22|5", imported=imported)) == 2
    assert imported.days_only == {"zoom:7"}


def test_of_two_days_of_totals_the_one_that_is_said_later_counts() -> None:
    first, later = (reading("totals", "webinar_id starts_at visits", read_at=READ_AT + more) for more in (0, 1000))
    (wrong, *_), (right, *_) = events(first, "7|2026-11-22|5"), events(later, "7|2026-11-23|5")
    assert wrong["occurred_at"] < right["occurred_at"] < "2000-02"
