"""notes.yaml: times resolved, scopes kept."""

import pytest

from connectors.business.notes import NOT_SAID, Note, notes
from connectors.toolkit.marked import FileError, read
from contract.instants import DAY, HOUR, MINUTE, SECOND, parse_instant


def known(text: str) -> list[Note]:
    return list(notes(read(text, "notes.yaml")))


def one(fields: str) -> Note:
    (note,) = known(f"timezone: Europe/Berlin\nnotes:\n- {{text: x, {fields}}}\n")
    return note


def test_a_day_is_the_whole_day_in_the_files_zone() -> None:
    note = one("at: 2026-11-20")
    begin = parse_instant("2026-11-19T23:00:00Z")
    assert (note.noted_from, note.noted_until, note.minute_ms) == (begin, begin + DAY - 1, NOT_SAID)


def test_a_day_of_a_changing_clock_has_its_own_length() -> None:
    note = one("at: 2026-10-25")
    assert note.noted_until + 1 - note.noted_from == 25 * HOUR


def test_a_time_is_a_moment_and_an_offset_counts() -> None:
    assert one("at: 2026-11-20 18:30").noted_from == parse_instant("2026-11-20T17:30:00Z")
    note = one("at: '2026-11-20T18:30:00+05:00'")
    assert note.noted_from == note.noted_until == parse_instant("2026-11-20T13:30:00Z")


def test_until_reaches_to_the_end_of_its_day() -> None:
    note = one("at: 2026-07-01, until: 2026-07-02")
    assert note.noted_until + 1 - note.noted_from == 2 * DAY


@pytest.mark.parametrize(
    ("minute", "ms"), [("42", 42 * MINUTE), ("42:30", 42 * MINUTE + 30 * SECOND), ("1:02:03", HOUR + 123 * SECOND)]
)
def test_a_minute_of_a_webinar(minute: str, ms: int) -> None:
    note = one(f"minute: '{minute}', scope: {{webinar: 'zoom:1'}}")
    assert (note.minute_ms, note.noted_from, note.webinar_id) == (ms, NOT_SAID, "zoom:1")


def test_the_scope_and_the_flag_are_kept_and_the_same_note_is_one() -> None:
    text = "notes:\n" + 2 * "- {text: no sound, scope: {webinar: 'zoom:1', region: EU}, exclude: true}\n"
    (note,) = known(text)
    assert (note.webinar_id, note.region, note.course, note.exclude) == ("zoom:1", "EU", "", True)
    assert note.note_id != one("scope: {webinar: 'zoom:1'}").note_id


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("at: yesterday", "notes.yaml:3: at: yesterday is no time; write 2026-11-22"),
        ("at: 1999-01-01", "notes.yaml:3: at: 1999-01-01 is not in this century"),
        ("at: 2026-11-20, until: 2026-11-19", "notes.yaml:3: until: before at"),
        ("minute: x, scope: {webinar: a}", "notes.yaml:3: minute: x is none; write 42, or 42:30"),
        ("minute: 4, at: 2026-11-20", "notes.yaml:3: "),
        ("until: 2026-11-20", "notes.yaml:3: "),
    ],
)
def test_a_fault_names_its_line(fields: str, expected: str) -> None:
    with pytest.raises(FileError) as error:
        one(fields)
    assert str(error.value).startswith(expected)
