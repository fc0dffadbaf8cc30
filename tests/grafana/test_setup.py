"""The steps of a new installation: what the home page says where nothing is known, and their state by the tables."""

from typing import Any

from alerts.detection.settings import DropSettings
from tests.grafana import week
from tests.grafana.conftest import Database


def test_an_empty_installation_says_what_to_do_next_and_not_that_all_is_well(empty: Database) -> None:
    rows = empty.ask("today/unusual")
    steps = [row for row in rows if row["webinar_name"] != "Alerts are off"]
    assert [row["webinar_name"] for row in steps] == [
        "1. Connect a service",
        "2. Import the past",
        "3. Map sources",
        "4. Know what is typical",
        "5. Invite people",
    ]
    assert all(row["sentence"].startswith("To do: ") for row in steps)
    assert "funnel import zoom-report" in steps[1]["sentence"]


def test_where_webinars_are_known_the_steps_stand_in_their_own_row(one_row: Database) -> None:
    assert not [row for row in one_row.ask("today/unusual") if row["webinar_name"][0].isdigit()]
    states = {row["name"]: row["state"] for row in one_row.ask("today/setup")}
    assert states == {
        "1. Connect a service": "To do",
        "2. Import the past": "Done",
        "3. Map sources": "To do",
        "4. Know what is typical": "To do",
        "5. Invite people": "To do",
    }


def test_the_state_of_a_step_is_that_of_the_tables(one_row: Database) -> None:
    now = week.ms(week.TO)
    report = {"connector": "zoom", "type": "health", "report_id": "1", "version": 1, "at": now, "accepted": 3}
    source: dict[str, Any] = {"source": "{}", "source_group": "vk", "sorted": False, "version": 1}
    delivery = {"message_id": "m", "channel": "slack", "outcome": "sent", "attempts": 1, "detail": "", "at": week.TO}
    written = {"connector_reports": report, "sources": source, "alert_deliveries": delivery}
    before = one_row.writer.query("SELECT count() FROM sources").result_rows[0][0]
    try:
        for table, row in written.items():
            one_row.writer.insert(table, [list(row.values())], list(row))
        said = {row["name"][3:]: (row["state"], row["sentence"]) for row in one_row.ask("today/setup")}
        assert said["Connect a service"] == ("Done", "Data comes from zoom.")
        assert said["Import the past"] == ("Done", "1 webinar is known.")
        assert said["Map sources"][0] == "To do"
        assert said["Map sources"][1].startswith(f"{before + 1} of {before + 1} sources have no group")
        enough = DropSettings().enough_peers
        assert said["Know what is typical"][1].startswith(f"0 of {enough} final webinars of one format")
        assert said["Invite people"] == ("Done", "Messages go to slack.")
    finally:
        for table in written:
            one_row.writer.command(f"TRUNCATE TABLE {table}")
