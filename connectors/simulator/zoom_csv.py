"""Zoom attendee reports about invented people, in the formats of real Zoom files. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

_SUMMARY_HEADER = [
    "Topic",
    "Webinar ID",
    "Actual Start Time",
    "Actual Duration (minutes)",
    "# Registered",
    "Enable Registration",
]
_HOST_HEADER = [
    "Attended",
    "User Name (Original Name)",
    "Email",
    "Join Time",
    "Leave Time",
    "Time in Session (minutes)",
    "Is Guest",
    "Country/Region Name",
]
_ATTENDEE_HEADER = [
    "Attended",
    "User Name (Original Name)",
    "First Name",
    "Last Name",
    "Email",
    "Phone",
    "Registration Time",
    "Approval Status",
    "Join Time",
    "Leave Time",
    "Time in Session (minutes)",
    "Is Guest",
    'What would you like to ask, "in your own words"?',
    "Source Name",
    "Country/Region Name",
]
_OTHER_HEADER = ["User Name", "Join Time", "Leave Time", "Time in Session (minutes)", "Country/Region Name"]
_FIRST_NAMES = ("Ada", "Bo", "Chloé", "Dmitri", "Edda", "Farid", "Grace", "Hana", "Ivo", "Juno")
_LAST_NAMES = ("Adler", "Berg", "Costa", "Dahl", "Ek", "Fox", "Gray", "Holm", "Ito", "Jansen")
_SOURCES = ("", "newsletter", "partner-7", "linkedin ad")
_QUESTIONS = ("", "", "", "Is there a recording?", 'Does "from zero", really, mean zero?')
_COUNTRIES = ("Germany", "United Kingdom", "France")


@dataclass(frozen=True, slots=True)
class ZoomReport:
    """The content of one report. Times are local, as in the file."""

    title: str
    number: str
    starts_at: datetime
    minutes: int
    registrants: int


def report_rows(report: ZoomReport, seed: int) -> Iterator[list[str]]:
    """The rows of the CSV file in order, generated one at a time."""
    rng = Random(f"{seed}:{report}")
    # Late enough that a day after the twelfth shows which number is the month.
    generated = report.starts_at + timedelta(days=3)
    yield ["Attendee Report"]
    yield ["Report generated time", _slashes(generated)]
    yield [
        "Topic",
        "Webinar ID",
        "Actual Start Time",
        "Actual Duration (minutes)",
        "# Registered",
        "Enable Registration",
    ]
    start = _slashes(report.starts_at)
    yield [report.title, report.number, start, str(report.minutes), str(report.registrants), "Yes"]
    yield ["Host Details"]
    yield _HOST_HEADER
    yield _staff_row(report, "Holly Host", "holly@staff.example.com")
    yield ["Panelist Details"]
    yield _HOST_HEADER
    yield _staff_row(report, "Pat Panel", "pat@staff.example.com")
    yield ["Attendee Details"]
    yield _ATTENDEE_HEADER
    for number in range(report.registrants):
        yield from _registrant_rows(report, number, rng)
    yield ["Other Attended"]
    yield _OTHER_HEADER
    joined = report.starts_at + timedelta(seconds=75)
    yield ["1415*****67", _slashes(joined), _slashes(joined + timedelta(minutes=20)), "20", "United States"]


def _staff_row(report: ZoomReport, name: str, email: str) -> list[str]:
    joined, left = report.starts_at - timedelta(minutes=9), report.starts_at + timedelta(minutes=report.minutes)
    return ["Yes", name, email, _slashes(joined), _slashes(left), str(report.minutes + 9), "No", "Germany", "", ""]


def _registrant_rows(report: ZoomReport, number: int, rng: Random) -> Iterator[list[str]]:
    first, last = rng.choice(_FIRST_NAMES), rng.choice(_LAST_NAMES)
    registered = report.starts_at - timedelta(seconds=rng.randrange(60, 9 * 86_400))
    status = "cancelled by self" if rng.random() < 0.04 else "approved"
    email = f"{last.lower()}.{number}@example.com"
    person = [f"{first} {last}", first, last, email, "", _slashes(registered), status]
    answers = [rng.choice(_QUESTIONS), rng.choice(_SOURCES), rng.choice(_COUNTRIES)]
    if status != "approved" or rng.random() > 0.42:
        yield ["No", *person, "--", "--", "--", "--", *answers]
        return
    joined = report.starts_at + timedelta(seconds=rng.randrange(-300, 900))
    for _ in range(2 if rng.random() < 0.15 else 1):
        left = joined + timedelta(seconds=rng.randrange(20, max(60, report.minutes * 45)))
        minutes = str(-(-int((left - joined).total_seconds()) // 60))
        yield ["Yes", *person, _slashes(joined), _slashes(left), minutes, "Yes", *answers]
        joined = left + timedelta(seconds=rng.randrange(10, 200))


def _slashes(moment: datetime) -> str:
    return moment.strftime("%m/%d/%Y %I:%M:%S %p")
