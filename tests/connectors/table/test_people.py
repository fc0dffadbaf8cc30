"""Rows about people -> registrations, stays, totals and recording views."""

from dataclasses import replace

import pytest

from connectors.table.fields import words_of
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.rows import RowRejection
from contract.events import Identity, Registration
from contract.instants import format_instant
from tests.connectors.table.tables import READ_AT, SECRET, berlin, events, reading, rejections, results

PERSON = "webinar_id email"
CAME = "2026-11-22 18:00"
LEFT = "2026-11-22 19:00"


def test_a_registration_says_who_when_and_from_where() -> None:
    read = reading("registrations", f"{PERSON} registered_at utm_source referrer country role is_test")
    (event,) = results(read, "912 3456 7801| Ann@Example.com|2026-11-01 09:00|vk|https://a.example/p?mail=x#y|DE||no")
    assert isinstance(event, Registration)
    assert event.person_id == email_person_id("ann@example.com", SECRET)
    assert (event.webinar_id, event.platform, event.status) == ("zoom:91234567801", "zoom", "registered")
    assert format_instant(event.occurred_at) == berlin("2026-11-01 09:00")
    assert event.source is not None
    assert (event.source.utm_source, event.source.referrer) == ("vk", "https://a.example/p")
    assert (event.country, event.role, event.is_test) == ("DE", None, False)


def test_the_registrants_time_zone_is_kept_where_it_is_one() -> None:
    read = reading("registrations", f"{PERSON} registered_at timezone")
    for said, kept in (("Europe/Lisbon", "Europe/Lisbon"), ("summer time", None), ("", None)):
        (event,) = results(read, f"1|a@example.com|2026-11-01 09:00|{said}")
        assert isinstance(event, Registration)
        assert event.timezone == kept


def test_an_email_in_a_source_stays_out() -> None:
    read = reading("registrations", f"{PERSON} registered_at utm_source referrer tracking_code")
    (event,) = results(read, "912 3456 7801|a@example.com|2026-11-01 09:00|a@example.com|https://a@b.example/p|a%40b.c")
    assert isinstance(event, Registration)
    assert event.source is not None
    assert event.source.model_dump(exclude_none=True) == {"referrer": "https://b.example/p"}


def test_a_status_with_a_time_of_its_own_comes_after_the_registration() -> None:
    read = reading("registrations", f"{PERSON} registered_at status status_at")
    row = "1|a@example.com|2026-11-01 09:00|cancelled"
    later = events(read, f"{row}|2026-11-02 10:00")
    assert [(one["status"], one["occurred_at"]) for one in later] == [
        ("registered", berlin("2026-11-01 09:00")),
        ("cancelled", berlin("2026-11-02 10:00")),
    ]
    assert [one["status"] for one in events(read, f"{row}|")] == ["cancelled"]
    assert rejections(read, f"{row}|2026-10-01 10:00") == ["2: status_at: before the registration"]


def test_email_and_registrant_id_together_say_that_they_are_one_person() -> None:
    read = reading("registrations", f"{PERSON} registrant_id registered_at")
    registration, link = results(read, "1|a@example.com|R7|2026-11-01 09:00")
    assert isinstance(registration, Registration)
    assert isinstance(link, Identity)
    assert link.same_as == registration.person_id
    (by_id,) = results(read, "1||R7|2026-11-01 09:00")
    assert isinstance(by_id, Registration)
    assert by_id.person_id == link.person_id


def test_who_cannot_be_told_apart_is_rejected_without_repeating_the_cell() -> None:
    read = reading("registrations", f"{PERSON} registered_at status")
    rows = ["1||2026-11-01 09:00|", "1|ann at home|2026-11-01 09:00|", "1|a@example.com||", "1|a@example.com|soon|"]
    rows += ["|a@example.com|2026-11-01 09:00|", "1.2E+10|a@example.com|2026-11-01 09:00|"]
    rows += ["1|a@example.com|2026-11-01 09:00|perhaps", "1|a@example.com|2026-11-29 09:00|"]
    assert rejections(read, *rows) == [
        "2: email: missing, and no registrant_id instead",
        "3: email: not an email address: it has no at sign",
        "4: registered_at: missing",
        "5: registered_at: not a date and time in 2026-11-22 18:00; name its form under dates",
        "6: webinar_id: missing",
        "7: webinar_id: a spreadsheet has rounded this id; format its column as text and enter it again",
        "8: status: not one of registered, approved, cancelled, denied, withdrawn, skip; "
        "say what it means under values: status",
        "9: row: occurred_at: before 2000, or over 24 h after received_at",
    ]


def test_a_rejection_names_the_users_column() -> None:
    read = reading("registrations", f"{PERSON} registered_at")
    columns = {**read.mapping.columns, "registered_at": "Angemeldet am"}
    named = replace(read, mapping=read.mapping.model_copy(update={"columns": columns}))
    assert rejections(named, "1|a@example.com|") == ["2: Angemeldet am: missing"]


def test_join_and_leave_are_a_stay_and_the_rounded_minutes_do_not_count() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at total_minutes")
    said = events(read, f"1|a@example.com|{CAME}|{LEFT}|0")
    assert [(one["kind"], one["occurred_at"]) for one in said] == [("joined", berlin(CAME)), ("left", berlin(LEFT))]
    ids = [getattr(one, "session_id", None) for one in results(read, f"1|a@example.com|{CAME}|{LEFT}|0")]
    assert ids[0] == ids[1] is not None


def test_a_missing_leave_leaves_the_word_to_the_total() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at total_minutes")
    joined, summary = events(read, f"1|a@example.com|{CAME}||12,5")
    assert joined["kind"] == "joined"
    assert (summary["kind"], summary["total_seconds"], summary["occurred_at"]) == ("summary", 750, berlin(CAME))


def test_first_and_last_are_no_stay_but_a_total() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at total_duration", times="first_and_last")
    (summary,) = events(read, f"1|a@example.com|{CAME}|{LEFT}|0:41:30")
    assert (summary["total_seconds"], summary["reported_at"]) == (2490, format_instant(READ_AT))
    assert (summary["first_joined_at"], summary["last_left_at"]) == (berlin(CAME), berlin(LEFT))
    (untold,) = events(read, f"1|a@example.com|{CAME}|{LEFT}|")
    assert untold["total_seconds"] == 3600


def test_rounded_minutes_are_bounded_by_first_and_last() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at total_minutes", times="first_and_last")

    def seconds(left: str, minutes: str) -> int:
        (summary,) = events(read, f"1|a@example.com|2026-11-22 18:00:00|2026-11-22 {left}|{minutes}")
        return int(summary["total_seconds"])

    assert [seconds("18:00:38", "1"), seconds("18:00:20", "0"), seconds("18:00:00", "0")] == [38, 1, 0]


def test_who_did_not_come_gives_nothing() -> None:
    read = reading("attendance", f"{PERSON} attended joined_at total_seconds")
    assert events(read, "1|a@example.com|no||", "1|b@example.com|--|--|0", "1|c@example.com|||") == []
    assert rejections(read, "1|a@example.com|yes||") == [
        "2: joined_at: missing, though the person came, and no total either"
    ]
    (summary,) = events(read, "1|a@example.com|yes||0")
    assert summary["total_seconds"] == 0


def test_times_that_contradict_each_other_are_rejected() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at")
    assert rejections(read, f"1|a@example.com|{LEFT}|{CAME}", f"1|a@example.com||{LEFT}") == [
        "2: left_at: before the join",
        "3: joined_at: missing, though the person came, and no total either",
    ]


def test_a_leave_in_the_repeated_hour_is_not_before_its_join() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at")
    joined, left = events(read, "1|a@example.com|2026-10-25 02:50|2026-10-25 02:10")
    assert (joined["occurred_at"], left["occurred_at"]) == ("2026-10-25T00:50:00.000Z", "2026-10-25T01:10:00.000Z")


def test_a_recording_view_has_a_time_that_the_next_reading_repeats() -> None:
    fields = f"{PERSON} recording_viewed recording_viewed_at recording_seconds starts_at"
    first, second = (reading("attendance", fields, read_at=READ_AT + later) for later in (0, 1000))
    rows = [f"1|a@example.com|yes|{LEFT}|90|", f"1|b@example.com|да|||{CAME}", "1|c@example.com|no|||"]
    assert results(first, *rows) == results(second, *rows)
    viewed, begin, at_start = events(first, *rows)
    assert (begin["type"], begin["starts_at"]) == ("webinar", berlin(CAME))
    assert (viewed["occurred_at"], viewed["seconds"]) == (berlin(LEFT), 90)
    assert at_start["occurred_at"] == berlin(CAME)
    assert "when is not known" in rejections(first, "1|a@example.com|yes|||")[0]


def test_a_later_reading_of_an_edited_total_wins() -> None:
    before, after = (reading("attendance", f"{PERSON} total_seconds", read_at=READ_AT + later) for later in (0, 1000))
    (old,), (new,) = results(before, "1|a@example.com|60"), results(after, "1|a@example.com|10")
    assert not isinstance(old, RowRejection)
    assert not isinstance(new, RowRejection)
    assert old.reported_at < new.reported_at  # type: ignore[union-attr]
    assert old.event_id != new.event_id


def test_a_registrant_id_is_one_however_a_program_wrote_it() -> None:
    read = reading("registrations", "webinar_id registrant_id registered_at")
    rows = [
        f"7|{written}|2026-11-01 09:00" for written in ("16778240", "16778240.0", "\u200b16778240", "１６７７８２４０")
    ]
    assert len({getattr(one, "person_id", "") for one in results(read, *rows)}) == 1


def test_registrant_ids_whose_groups_mean_something_are_several() -> None:
    read = reading("registrations", "webinar_id registrant_id registered_at")
    rows = [f"7|{written}|2026-11-01 09:00" for written in ("1001-1", "100-11", "100 11", "10011")]
    assert len({getattr(one, "person_id", "") for one in results(read, *rows)}) == 4


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (
            "attended",
            {"yes": "Ja|oui|sí|Sim|✓|Attended|anwesend|1.0|Present", "no": "Nein|non|não|No-show|absent|0.0|✗"},
        ),
        (
            "role",
            {"host": "Co-Host|Organizer", "panelist": "Presenter|speaker|Moderator", "attendee": "Guest|Teilnehmer"},
        ),
    ],
)
def test_words_of_other_services_and_languages(field: str, words: dict[str, str]) -> None:
    for meant, written in words.items():
        assert {words_of("attendance", field)[one.casefold()] for one in written.split("|")} == {meant}  # type: ignore[index]
