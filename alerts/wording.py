"""What a message says, in plain words for people who only want to know what is wrong and why. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerts.detection.cause import LEAST_PEOPLE
from alerts.detection.pace import Pace
from alerts.detection.reason import Part, Reason, rounded
from alerts.detection.sentence import behind, part_line
from alerts.detection.settings import Metric
from alerts.evidence import WebinarInfo
from alerts.plain import one_line
from contract.signed import signed

TITLES = {
    "drop": "Attendance below typical",
    "empty_room": "Nobody in the room",
    "no_events": "No data from a webinar that should be live",
    "pace": "Registrations behind",
    "standout": "Registrants outside the typical range",
    "rise": "Attendance above typical",
}
_MOST_PARTS = 3
_HALF_A_POINT = Fraction(1, 200)
_OUT_OF_PROPORTION = Fraction(4, 5)
"""Where all fall alike, a country with half the people makes half the change: that says nothing."""
_LONGEST = 200


def title(kind: str, raised: bool, name: str) -> str:
    """The first line."""
    return f"{TITLES[kind]}: {name}" if raised else f"Resolved: {TITLES[kind][0].lower()}{TITLES[kind][1:]}: {name}"


def name(info: WebinarInfo) -> str:
    """A webinar as people know it: title, local time, region."""
    local = local_time(info.webinar.begin, info.timezone)
    where = f", {info.webinar.region}" if info.webinar.region else ""
    zone = f" {city(info.timezone)}" if info.timezone else ""
    return f"{one_line(info.title, _LONGEST)} ({day_of(local)}, {local:%H:%M}{zone}{where})"


def day_of(local: date) -> str:
    """`Fri 27 Nov`."""
    return f"{local:%a} {local.day} {local:%b}"


def city(timezone: str) -> str:
    """Of an IANA name: `New York`."""
    return timezone.rpartition("/")[2].replace("_", " ")


def pooled_name(subject: str, webinars: int) -> str:
    """All recent webinars of a region, course or language (the view unusual_at says the same). 0: it is not known."""
    dimension, _, value = subject.partition("=")
    return f"{dimension} '{value}', {webinars or 'several'} webinars together"


def local_time(instant: int, timezone: str) -> datetime:
    """An instant (ms) on the wall clock of a zone; an unknown zone: UTC."""
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    try:
        return moment.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return moment


def reason_lines(reason: Reason | None, metric: Metric) -> list[str]:
    """The parts of a change that matter, the most lowering one first, and what is inside the first."""
    if reason is None or len(reason.parts) < 2:
        return []
    telling = [part for part in reason.parts if _tells(part)][:_MOST_PARTS]
    lines = [part_line(part, metric) for part in telling]
    if telling and len(telling[0].inside) > 1:
        lines += [f"in it {part_line(part, metric)}" for part in telling[0].inside[:_MOST_PARTS] if _tells(part)]
    return lines


def telling_line(reason: Reason | None, metric: Metric) -> list[str]:
    """Of another dimension: the value that makes most of a change, and clearly more than its people explain."""
    if reason is None or len(reason.parts) < 2:
        return []
    worst = reason.parts[0]
    people = Fraction(worst.registrations, reason.registrations)
    says_why = worst.change * 2 <= reason.change < 0 and people <= _OUT_OF_PROPORTION * worst.change / reason.change
    says_why = says_why and worst.registrations >= LEAST_PEOPLE
    return [part_line(worst, metric)] if says_why else []


def mix_line(reason: Reason | None, points: int | None = None) -> str:
    """How much of a change is mix and how much rate, in points that add up. `points`: of the change as it is said."""
    if reason is None or len(reason.parts) < 2:
        return ""
    mix = sum((part.mix for part in reason.parts), Fraction(0))
    mix_points, rate_points = rounded([mix, reason.change - mix], Fraction(1, 100), points)
    return (
        f"Of {signed(mix_points + rate_points, 0)} pp, {signed(mix_points, 0)} because other people registered than"
        f" typical, {signed(rate_points, 0)} because the same sources did otherwise."
    )


def before(webinars: int) -> str:
    """That the last webinars like it had a drop too; empty: none."""
    if not webinars:
        return ""
    return f"The last {'webinar' if webinars == 1 else f'{webinars} webinars'} like it had a drop too."


def pace_sentence(one: Pace, days: float) -> str:
    """How an upcoming webinar stands, in one sentence."""
    first = next((gap for gap in one.gaps if gap.more < 0), None)
    if first is None or -first.more < LEAST_PEOPLE:
        return behind(one, days)
    here = f"{first.registrations:,}, typically {float(first.baseline):,.0f}"
    return f"{behind(one, days)} Most are missing from source {first.value} ({here})."


def text(lines: Iterable[str]) -> str:
    """Lines, one below the other; empty ones are left out."""
    return "\n".join(line for line in lines if line)


def percent(share: float | Fraction | None) -> str:
    """42 %, or n/a."""
    return "n/a" if share is None else f"{float(share) * 100:.0f} %"


def exact(share: float | Fraction | None) -> str:
    """41.6 %, or n/a: as the pages write it."""
    return "n/a" if share is None else f"{float(share) * 100:.1f} %"


def _tells(part: Part) -> bool:
    """Whether it makes much, and rests on enough people: those there are, or those missing."""
    missing = part.baseline_rate is not None and part.mix < part.rate
    return abs(part.change) >= _HALF_A_POINT and (missing or part.registrations >= LEAST_PEOPLE)
