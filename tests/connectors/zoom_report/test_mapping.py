"""A whole report -> events: every section, absent people, hosts, phones, totals, and running it twice."""

import csv
import io
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from connectors.pipeline.zoom_names import Names
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.rows import Row, RowRejection
from connectors.zoom_report.about import Report
from connectors.zoom_report.mapping import NotAZoomReportError, report_events
from connectors.zoom_report.table import Context
from contract.decode import DeadLetter, decode
from contract.events import Event, Joined, Left, PersonEvent, Registration, Totals, Webinar, encode
from contract.instants import format_instant, parse_instant
from contract.topics import TOPIC_OF_TYPE

SECRET = "sixteen characters"
NOW = parse_instant("2026-05-21T12:00:00.000Z")
HEAD = """Attendee Report,,,
Report generated time,05/20/2026 10:00:00 AM,,
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers,Total Users
"Demo, the first",123 456 7890,"05/12/2026 09:00:00 AM",120,"1,004",1,2,3,,
"""
HOSTS = """Host Details,,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Holly,holly@example.com,05/12/2026 08:50:00 AM,05/12/2026 11:00:00 AM,130,No,Germany,,,
Panelist Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
No,Pat,pat@example.com,--,--,--,--,Germany
"""
ATTENDEES = (
    "Attendee Details\nAttended,User Name (Original Name),First Name,Last Name,Email,Phone,Registration Time,"
    "Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,"
    '"What, ""exactly""?",Email,utm_source,Source Name,Country/Region Name\n'
)
ANN = "Ann,Ann,Lee, Ann@Example.com,,05/10/2026 09:00:00 AM,approved"


def results(text: str, zone: str = "Europe/Berlin", now: int = NOW) -> tuple[list[Event], list[RowRejection], Report]:
    report = Report()
    rows = _rows(text)
    found = list(report_events(rows, Context(ZoneInfo(zone), SECRET, now, Names(None).of_report), report))
    rejections = [result for result in found if isinstance(result, RowRejection)]
    return [result for result in found if not isinstance(result, RowRejection)], rejections, report


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text))
    while True:
        line = reader.line_num + 1
        try:
            yield Row(line, next(reader))
        except StopIteration:
            return


def of(events: list[Event], email: str) -> list[PersonEvent]:
    person_id = email_person_id(email, SECRET)
    return [event for event in events if isinstance(event, PersonEvent) and event.person_id == person_id]


def test_statement_about_the_webinar() -> None:
    (webinar, totals), rejections, report = results(HEAD)
    assert isinstance(webinar, Webinar)
    assert not rejections
    assert isinstance(totals, Totals)
    assert (totals.reported_by, totals.registrations, totals.visits_all) == ("zoom-report", 1004, 2)
    assert totals.reported_at == webinar.completed_at
    assert (webinar.webinar_id, webinar.platform, webinar.title) == ("zoom:1234567890", "zoom", "Demo, the first")
    assert (webinar.status, webinar.timezone) == ("ended", "Europe/Berlin")
    assert format_instant(webinar.started_at or 0) == "2026-05-12T07:00:00.000Z"
    assert format_instant(webinar.ended_at or 0) == "2026-05-12T09:00:00.000Z"
    assert format_instant(webinar.completed_at or 0) == "2026-05-20T08:00:00.000Z"
    assert webinar.occurred_at == webinar.completed_at
    assert webinar.tells == ["starts", "leaves", "persons", "seconds"]
    assert report.totals == {"# registered": 1004, "# cancelled": 1, "unique viewers": 2, "total users": 3}


def test_older_report_with_fewer_columns() -> None:
    text = (
        'Attendee Report\n"Report Generated:","May 12, 2026 9:30 AM"\nTopic,Webinar ID,Actual Start Time,'
        'Actual Duration (minutes),# Registrants\nDemo,123456789,"May 12, 2026 09:00:00",60,7\n'
    )
    (webinar, *_), _, report = results(text)
    assert isinstance(webinar, Webinar)
    # Made before the end, so it completes nothing.
    assert webinar.completed_at is None
    assert webinar.occurred_at == webinar.ended_at
    assert report.totals == {"# registered": 7}


def test_hosts_and_panelists_are_flagged_the_absent_too() -> None:
    events, rejections, report = results(HEAD + HOSTS)
    assert not rejections
    assert [(type(event), event.role) for event in of(events, "holly@example.com")] == [
        (Joined, "host"),
        (Left, "host"),
    ]
    assert [(type(event), event.role) for event in of(events, "pat@example.com")] == [(Registration, "panelist")]
    assert (report.registered, report.came) == (0, 0)


def test_one_registration_and_a_session_a_row() -> None:
    events, rejections, report = results(
        HEAD
        + ATTENDEES
        + f'Yes,{ANN},05/12/2026 09:00:10 AM,"May 12, 2026 09:30:00",30,Yes,"a\nb",other@example.com, vk ,p7,Germany,\n'
        + f"Yes,{ANN},2026-05-12 09:40:10,2026-05-12 09:40:48,1,Yes,x,,vk,p7,Germany,,,,\n"
    )
    assert not rejections
    registration, *sessions = of(events, "ann@example.com")
    assert isinstance(registration, Registration)
    assert (registration.status, registration.country, registration.role) == ("approved", "Germany", None)
    assert format_instant(registration.occurred_at) == "2026-05-10T07:00:00.000Z"
    assert registration.source is not None
    assert (registration.source.utm_source, registration.source.tracking_code) == ("vk", "p7")
    assert [(session.type, format_instant(session.occurred_at)[11:19]) for session in sessions] == [
        ("attendance", "07:00:10"),
        ("attendance", "07:30:00"),
        ("attendance", "07:40:10"),
        ("attendance", "07:40:48"),
    ]
    assert len({session.session_id for session in sessions if isinstance(session, Joined | Left)}) == 2
    assert (report.registered, report.came, report.sessions, report.events) == (1, 1, 2, 7)


def test_an_email_in_a_source_stays_out() -> None:
    events, _, _ = results(HEAD + ATTENDEES + f"No,{ANN},--,--,--,--,x,,ann@example.com,ann%40example.com,Germany,\n")
    (registration,) = of(events, "ann@example.com")
    assert isinstance(registration, Registration)
    assert registration.source is None


def test_absent_registrants_and_their_status() -> None:
    rows = [
        f"No,{name},{name},L,{name}@example.com,,{registered},{status},--,--,--,--,--,--,--,--,France"
        for name, registered, status in (
            ("a", "05/10/2026 09:00:00 AM", "approved"),
            ("b", "05/10/2026 09:00:00 AM", "cancelled by self"),
            ("c", "05/10/2026 09:00:00 AM", "denied"),
            ("d", "--", "pending"),
            ("e", "--", "--"),
        )
    ]
    events, rejections, _ = results(HEAD + ATTENDEES + "\n".join(rows))
    assert not rejections
    said = [event for event in events if isinstance(event, Registration)]
    assert [event.status for event in said] == ["approved", "cancelled", "denied", "registered", "registered"]
    # Without a registration time: the start of the webinar.
    assert format_instant(said[3].occurred_at) == "2026-05-12T07:00:00.000Z"
    assert len(events) == 7


def test_registration_time_missing_is_the_join_time() -> None:
    row = "Yes,Ann,Ann,L,ann@example.com,,--,approved,05/12/2026 09:05:00 AM,--,--,Yes,,,,,France"
    events, _, _ = results(HEAD + ATTENDEES + row)
    registration, joined = of(events, "ann@example.com")
    assert isinstance(registration, Registration)
    assert isinstance(joined, Joined)
    assert registration.occurred_at == joined.occurred_at


def test_who_comes_without_registering_has_no_registration() -> None:
    header = "Attendee Details\nAttended,User Name (Original Name),Email,Join Time,Leave Time,Is Guest\n"
    row = "Yes,Ann,ann@example.com,05/12/2026 09:05:00 AM,05/12/2026 09:06:00 AM,Yes\n"
    events, rejections, report = results(HEAD + header + row)
    assert not rejections
    assert [type(event) for event in of(events, "ann@example.com")] == [Joined, Left]
    assert (report.registered, report.came) == (0, 1)


def test_people_on_the_phone_are_told_apart_by_number_or_name() -> None:
    other = "Other Attended\nUser Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name\n"
    rows = "".join(
        f"{name},05/12/2026 09:0{minute}:00 AM,05/12/2026 09:1{minute}:00 AM,10,US\n"
        for name, minute in (("1415*****67", 0), ("1415*****67", 1), ("4930*****99", 2))
    )
    events, rejections, report = results(HEAD + other + rows)
    assert not rejections
    joined = [event for event in events if isinstance(event, Joined)]
    assert [event.person_id[:2] for event in joined] == ["r_"] * 3
    assert joined[0].person_id == joined[1].person_id != joined[2].person_id
    assert joined[0].session_id != joined[1].session_id
    assert joined[0].domain_id is None
    assert report.came == 2


def test_every_event_is_one_for_the_workers_and_holds_nothing_personal() -> None:
    text = HEAD + HOSTS + ATTENDEES + f"Yes,{ANN},05/12/2026 09:00:10 AM,05/12/2026 09:30:00 AM,30,Yes,,,,,Germany\n"
    events, _, _ = results(text)
    for event in events:
        value = encode(event)
        assert not isinstance(decode(value, TOPIC_OF_TYPE[event.type], NOW), DeadLetter)
        assert not any(word in value.lower() for word in (b"@", b"ann", b"holly", b"example"))


def test_second_run_says_the_same_under_the_same_ids() -> None:
    text = HEAD + HOSTS + ATTENDEES + f"Yes,{ANN},05/12/2026 09:00:10 AM,05/12/2026 09:30:00 AM,30,Yes,,,,,Germany\n"
    first, second = results(text)[0], results(text, now=NOW + 1000)[0]
    assert [event.model_copy(update={"received_at": 0}) for event in first] == [
        event.model_copy(update={"received_at": 0}) for event in second
    ]
    assert len({event.event_id for event in first}) == len(first)


def test_sessions_outside_the_webinar_are_kept() -> None:
    row = f"Yes,{ANN},05/12/2026 08:00:00 AM,05/12/2026 08:10:00 AM,10,Yes,,,,,Germany\n"
    events, rejections, _ = results(HEAD + ATTENDEES + row)
    assert not rejections
    assert len(of(events, "ann@example.com")) == 3


def test_night_when_the_clocks_go_back() -> None:
    head = (
        HEAD.replace("05/12/2026", "10/25/2025").replace("05/20/2026", "10/27/2025").replace("10/25/2025", "10/26/2025")
    )
    row = f"Yes,{ANN},10/26/2025 02:50:00 AM,10/26/2025 02:10:00 AM,20,Yes,,,,,Germany\n".replace(
        "05/10/2026", "10/10/2025"
    )
    events, rejections, _ = results(head + ATTENDEES + row)
    assert not rejections
    _, joined, left = of(events, "ann@example.com")
    assert left.occurred_at - joined.occurred_at == 20 * 60_000


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("Perhaps" + f",{ANN},05/12/2026 09:00:10 AM,--", "attended", "not one of Yes, No"),
        (f"Yes,{ANN},--,--", "join time", "missing"),
        (f"Yes,{ANN},noon,--", "join time", "not a date"),
        (f"Yes,{ANN},05/12/2026 09:10:00 AM,05/12/2026 09:00:00 AM", "leave time", "before the join"),
        (f"Yes,{ANN},05/12/2030 09:10:00 AM,--", "join time", "in the future"),
        (f"Yes,{ANN},05/12/1999 09:10:00 AM,--", "join time", "before 2000"),
        (f"No,{ANN.replace('approved', 'perhaps')},--,--", "approval status", "not one of"),
        (f"No,{ANN.replace('@', ' at ')},--,--", "email", "not an email"),
        ("No,,,,,,05/10/2026 09:00:00 AM,approved,--,--", "email", "neither phone nor name"),
        (f"No,{ANN},--,--,1,Yes,a,b,c,d,Germany,surplus", "row", "comma"),
    ],
)
def test_row_that_cannot_be_read_is_rejected_alone(row: str, field: str, reason: str) -> None:
    good = "No,Bob,Bob,L,bob@example.com,,05/10/2026 09:00:00 AM,approved,--,--"
    events, rejections, report = results(HEAD + ATTENDEES + row + "\n" + good)
    ((line, where, why),) = [(rejection.line, rejection.field, rejection.reason) for rejection in rejections]
    assert (line, where) == (7, field)
    assert reason in why
    assert "@" not in why
    assert rejections[0].cells == row.split(",")
    assert len(of(events, "bob@example.com")) == 1
    assert (report.rows, report.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not Zoom's attendee"),
        ("a,b\n1,2\n", "not Zoom's attendee"),
        (ATTENDEES + f"No,{ANN},--,--\n", "not Zoom's attendee"),
        (HEAD.replace("123 456 7890", "1.23E+09"), "line 4: webinar id"),
        (HEAD.replace(",120,", ",two hours,"), "line 4: actual duration"),
        (HEAD.replace("05/12/2026 09:00:00 AM", "--"), "line 4: actual start time: missing"),
        (HEAD.replace("05/20/2026 10", "20/05/2026 10"), "line 2: report generated"),
    ],
)
def test_file_that_is_no_report_is_refused_as_a_whole(text: str, message: str) -> None:
    with pytest.raises(NotAZoomReportError, match=message):
        results(text)


def test_sums_and_repeated_headers_are_nobody() -> None:
    row = f"Yes,{ANN},05/12/2026 09:00:00 AM,05/12/2026 10:00:00 AM,60,Yes,,,,,Germany\n"
    plain, _, report = results(HEAD + ATTENDEES + row)
    header = ATTENDEES.partition("\n")[2]
    events, rejections, again = results(f"{HEAD}{ATTENDEES}{row}{header}{row}Total,,,,,,,,,,60\nSumme:,,,,,,,,,,60\n")
    assert ({one.event_id for one in events}, rejections) == ({one.event_id for one in plain}, [])
    assert (report.rows, again.rows) == (1, 2)


def test_columns_are_known_by_what_can_be_seen() -> None:
    row = f"Yes,{ANN},05/12/2026 09:00:00 AM,05/12/2026 10:00:00 AM,60,Yes,,,,,Germany\n"
    plain = results(HEAD + ATTENDEES + row)
    header = ATTENDEES.replace("Join Time", "Join\u200b Time\u00a0").replace(
        "Attendee Details", "\ufeffAttendee\u00a0Details"
    )
    assert results(HEAD.replace("Topic", "\u200bTopic") + header + row)[:2] == plain[:2]


def test_a_person_who_is_called_sum_is_somebody() -> None:
    table = "Attendee Details\nUser Name (Original Name),Email,Join Time,Leave Time\n"
    events, rejections, _ = results(f"{HEAD}{table}Sum,,05/12/2026 09:00:00 AM,05/12/2026 10:00:00 AM\nTotal,,,60\n")
    assert ([one.type for one in events].count("attendance"), rejections) == (2, [])
