"""Several rows of one person in one webinar: what they say together."""

from connectors.table.mapping import Imported, table_events
from connectors.toolkit.rows import Row
from connectors.toolkit.seen import Seen
from contract.events import Summary
from tests.connectors.table.tables import events, reading, rejections, results

PERSON = "webinar_id email"


def test_totals_of_one_person_are_added_up_in_any_order() -> None:
    read = reading("attendance", f"{PERSON} total_duration")
    rows = ["1|a@example.com|4m", "1|a@example.com|10m 59s", "1|b@example.com|1h", "1|a@example.com|4m"]
    for some in (rows, rows[::-1]):
        totals = {one["total_seconds"] for one in events(read, *some)}
        assert totals == {4 * 60 + 659, 3600}


def test_of_those_with_a_new_row_all_rows_are_summed_again_and_of_the_others_none() -> None:
    read = reading("attendance", f"{PERSON} total_duration")

    def said(before: str, *rows: str) -> tuple[list[int], str]:
        table = [
            Row(line, row.split("|")) for line, row in enumerate((f"{PERSON} total_duration".replace(" ", "|"), *rows))
        ]
        seen = Seen(before)
        found = [one for one, _ in table_events(table, read, Imported(), seen.is_new)]
        return [one.total_seconds for one in found if isinstance(one, Summary)], seen.text()

    rows = [f"1|{who}@example.com|{minutes}m" for who in "ab" for minutes in (4, 10)]
    first, known = said("", *rows)
    assert first == [14 * 60] * 2
    assert said(known, *rows)[0] == []
    assert said(known, "1|a@example.com|1m", *rows)[0] == [15 * 60]


def test_first_joins_and_last_leaves_of_several_rows_are_a_union() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at", times="first_and_last")
    rows = [
        "2026-11-10 18:00|2026-11-10 18:30",
        "2026-11-10 18:20|2026-11-10 18:40",
        "2026-11-10 19:00|2026-11-10 19:10",
    ]
    (said,) = events(read, *(f"1|a@example.com|{row}" for row in rows))
    assert (said["kind"], said["total_seconds"]) == ("summary", 50 * 60)
    assert (said["first_joined_at"], said["last_left_at"]) == ("2026-11-10T17:00:00.000Z", "2026-11-10T18:10:00.000Z")


def test_a_log_of_actions_is_stays() -> None:
    read = reading(
        "attendance", f"{PERSON} action acted_at", values={"action": {"Beigetreten": "join", "Poll": "skip"}}
    )
    rows = [
        "1|a@example.com|Left|2026-11-10 18:30",
        "1|a@example.com|Joined|2026-11-10 18:00",
        "1|a@example.com|Poll|2026-11-10 18:10",
        "1|a@example.com|beigetreten|2026-11-10 18:40",
        "1|b@example.com|left|2026-11-10 18:20",
        "1|c@example.com|joined|2026-11-10 18:05",
        "1|c@example.com|joined|2026-11-10 18:06",
        "1|c@example.com|left|2026-11-10 18:07",
    ]
    imported = Imported()
    for some in (rows, rows[::-1]):
        said = [(one["kind"], one["occurred_at"][11:16]) for one in events(read, *some)]
        assert sorted(said) == [
            ("joined", "17:00"), ("joined", "17:05"), ("joined", "17:20"), ("joined", "17:40"),
            ("left", "17:07"), ("left", "17:20"), ("left", "17:30"),
        ]  # fmt: skip
    results(read, *rows, imported=imported)
    assert imported.skipped == 1


def test_an_unknown_action_is_refused_with_the_words_that_are_known() -> None:
    read = reading("attendance", f"{PERSON} action acted_at")
    assert rejections(read, "1|a@example.com|waved|2026-11-10 18:30", "1|a@example.com|left|") == [
        "2: action: not one of join, leave, skip; say what it means under values: action",
        "3: acted_at: missing",
    ]


def test_stays_of_one_person_stay_apart() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at total_minutes")
    rows = ["2026-11-10 18:00|2026-11-10 18:30|30", "2026-11-10 19:00|2026-11-10 19:10|10"]
    assert [one["kind"] for one in events(read, *(f"1|a@example.com|{row}" for row in rows))] == ["joined", "left"] * 2


def test_whether_somebody_came_is_enough() -> None:
    read = reading("attendance", f"{PERSON} attended", constants={"starts_at": "2026-11-10 18:00"})
    said = events(read, "1|a@example.com|Yes", "1|b@example.com|No")
    assert [one["type"] for one in said] == ["webinar", "attendance"]
    assert (said[1]["total_seconds"], said[1]["occurred_at"]) == (1, "2026-11-10T17:00:00.000Z")


def test_percent_of_the_webinar() -> None:
    read = reading("attendance", f"{PERSON} watched_percent", constants={"duration_minutes": "60"})
    assert [one["total_seconds"] for one in events(read, "1|a@example.com|50%", "1|b@example.com|100%")] == [1800, 3600]


def test_who_goes_out_and_comes_back_in_the_same_minute_has_two_stays() -> None:
    read = reading("attendance", f"{PERSON} action acted_at")
    acts = [("joined", "18:00"), ("joined", "18:30"), ("left", "18:30"), ("left", "18:40")]
    said = events(read, *(f"1|a@example.com|{action}|2026-11-10 {at}" for action, at in acts))
    assert [(one["kind"], one["occurred_at"][11:16]) for one in said] == [
        ("joined", "17:00"), ("left", "17:30"), ("joined", "17:30"), ("left", "17:40")
    ]  # fmt: skip


def test_totals_of_one_person_are_never_longer_than_from_the_first_join_to_the_last_leave() -> None:
    read = reading("attendance", f"{PERSON} joined_at left_at total_duration", times="first_and_last")
    rows = ["2026-11-10 18:00|2026-11-10 18:30|0:30:00", "2026-11-10 18:00|2026-11-10 18:40|0:30:00"]
    (said,) = events(read, *(f"1|a@example.com|{row}" for row in rows))
    assert said["total_seconds"] == 40 * 60


def test_rows_of_one_person_are_known_however_the_ids_are_written() -> None:
    read = reading("attendance", f"{PERSON} total_minutes", constants={"starts_at": "2026-11-10 18:00"})
    for other in ("7.0|Ann <mailto:ANN@example.com>", "\u200b7|ann@example.com;", "7|ann@EXAMPLE.com (Ann)"):
        rows = events(read, "7|ann@example.com|20", f"{other}|25")
        summaries = [one for one in rows if one.get("kind") == "summary"]
        assert [one["total_seconds"] for one in summaries] == [45 * 60]
