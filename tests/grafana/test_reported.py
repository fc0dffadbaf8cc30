"""Every number that Today, Webinar and Live share with `funnel report` is the report's, at every moment."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from contract.signed import signed
from funnel.report.numbers import BUCKETS, WATCHED, Question, answer, by_webinar_and_source
from tests.grafana import busy, week
from tests.grafana.busy import BEGIN, BESIDE, STARTS, SUMS
from tests.grafana.conftest import Database, Row, database
from tests.grafana.week import minutes
from tests.servers.clickhouse import Server

MOMENTS = {
    "people wait": STARTS - minutes(7),
    "a quarter": BEGIN + minutes(13),
    "half an hour": BEGIN + minutes(31),
    "one is over": STARTS + minutes(57),
    "the day after": STARTS + timedelta(hours=17),
}
TOTALS = f"{busy.main_id()[:-4]}totals"

each_moment = pytest.mark.parametrize("at", MOMENTS.values(), ids=MOMENTS)
PAGES = [(BESIDE, at) for at in MOMENTS.values()] + [(SUMS, MOMENTS["half an hour"])]
PAGES += [(webinar_id, MOMENTS["the day after"]) for webinar_id in (busy.main_id(), SUMS, TOTALS)]
each_page = pytest.mark.parametrize(("webinar_id", "at"), PAGES)


@pytest.fixture(scope="module")
def days(clickhouse_server: Server) -> Iterator[Database]:
    with database(clickhouse_server, [*busy.events()]) as one:
        yield one


def asked(days: Database, name: str, at: datetime, **chosen: list[str]) -> list[Row]:
    return days.ask(name, at - timedelta(days=7), at, chosen)


def of_page(days: Database, name: str, at: datetime, webinar_id: str) -> list[Row]:
    return asked(days, f"webinar/{name}", at, webinar=[webinar_id], moment=["range"])


REPORTS: dict[datetime, dict[str, Row]] = {}


def reported(days: Database, at: datetime) -> dict[str, Row]:
    """Asked once a moment."""
    if at not in REPORTS:
        REPORTS[at] = {row["webinar_id"]: row for row in answer(days.reader, Question(week.ms(at)))}
    return REPORTS[at]


def percent(count: int | None, of: int, doubtful: bool = False) -> str | None:
    if count is None or not of:
        return None
    return f"{100 * count / of:.1f} %" + (f" (n={of})" if of < 30 else " ?" if doubtful else "")


def percents(row: Row, buckets: Sequence[str] = BUCKETS, doubtful: bool = False) -> dict[str, str | None]:
    """As a panel writes the conversions of the report's row."""
    shares: dict[str, str | None] = {}
    for bucket in buckets:
        count = row[f"registered_visits{bucket}"] if row[f"conversion{bucket}"] is not None else None
        shares[f"conversion{bucket}"] = percent(count, row["registrations"], doubtful and row["doubtful"])
    return shares


def part(row: Row, names: Iterable[str]) -> Row:
    return {name: row[name] for name in names}


def test_the_days_have_what_the_panels_must_tell_apart(days: Database) -> None:
    kinds = [{row["completeness"] for row in reported(days, at).values()} for at in MOMENTS.values()]
    assert set[str]().union(*kinds) == {"upcoming", "on_now", "being_completed", "final", "cancelled"}
    on = [[row["webinar_id"] for row in asked(days, "on-now/webinars", at)] for at in MOMENTS.values()]
    assert sorted(map(len, on))[1:] == [1, 3, 3, 3]


@each_moment
def test_what_is_on_now_on_today(days: Database, at: datetime) -> None:
    expected = {
        key: {
            "registrations": str(row["registrations"]),
            "registered_visits": row["registered_visits"],
            **percents(row, [""]),
        }
        for key, row in reported(days, at).items()
        if row["completeness"] == "on_now"
    }
    rows = asked(days, "today/on_now", at)
    assert {
        row["webinar_id"]: part(row, ("registrations", "registered_visits", "conversion")) for row in rows
    } == expected


@each_moment
def test_what_is_upcoming_on_today(days: Database, at: datetime) -> None:
    reports = reported(days, at)
    for row in asked(days, "today/upcoming", at):
        expected = reports[row["webinar_id"]]
        assert (expected["completeness"], str(expected["registrations"])) == ("upcoming", row["registrations"])


@pytest.mark.parametrize("at", [STARTS + timedelta(hours=17), STARTS - timedelta(days=6, hours=8)])
def test_yesterday_on_today(days: Database, at: datetime) -> None:
    day = (at - timedelta(days=1)).date()
    question = Question(week.ms(at), first_day=day, last_day=day)
    expected = {
        row["webinar_id"]: {
            "registrations": str(row["registrations"]),
            **part(row, ("registered_visits", "completeness")),
            **percents(row, doubtful=True),
        }
        for row in answer(days.reader, question)
    }
    rows = asked(days, "today/yesterday", at)
    assert len(rows) >= 5
    assert {row["webinar_id"]: part(row, next(iter(expected.values()))) for row in rows} == expected


@pytest.mark.parametrize("at", [MOMENTS["half an hour"]])
@pytest.mark.parametrize("chosen", [["vk", "mail"], ["Walk-in"]])
def test_of_chosen_sources_on_today(days: Database, at: datetime, chosen: list[str]) -> None:
    sums: dict[str, list[int]] = {}
    for row in by_webinar_and_source(days.reader, Question(week.ms(at))):
        if row["source_group"] in chosen:
            counts = sums.setdefault(row["webinar_id"], [0, 0])
            counts[0] += row["registrations"]
            counts[1] += row["registered_visits"] or 0
    for row in asked(days, "today/on_now", at, source=chosen):
        registered, came = sums[row["webinar_id"]]
        assert (row["registrations"], row["registered_visits"]) == (str(registered), came)
        assert row["conversion"] == percent(came, registered)


@pytest.mark.parametrize("at", [MOMENTS["a quarter"], MOMENTS["the day after"]])
def test_the_last_seven_days_and_the_seven_before_on_today(days: Database, at: datetime) -> None:
    today = at.date()
    now, before = (
        _summed(days, at, today - timedelta(days=back), today - timedelta(days=back - 6)) for back in (7, 14)
    )
    (row,) = asked(days, "today/week", at)
    counted = f"{now['webinars']} ({before['webinars']} before)" if before["webinars"] else str(now["webinars"])
    assert row["webinars"] == counted
    assert row["registrations"].split(" ")[0] == f"{now['registrations']:,}"
    change = 100 * (now["registrations"] - before["registrations"]) / (before["registrations"] or 1)
    assert row["registrations"].endswith(f" {signed(change, 0)} %") or not before["registrations"]
    for name in ("conversion", "conversion_30m", "conversion_full"):
        assert row[name].startswith(f"{100 * now[name]:.1f} %")
        assert before[name] is None or row[name].endswith(f" {signed(100 * (now[name] - before[name]))} pp")


def _summed(days: Database, at: datetime, first: date, last: date) -> Row:
    """Of the webinars of these days that are over: their number, registrations, sum over sum."""
    found = answer(days.reader, Question(week.ms(at), first_day=first, last_day=last))
    rows = [row for row in found if row["completeness"] in ("being_completed", "final")]
    sums: Row = {"webinars": len(rows), "registrations": sum(row["registrations"] for row in rows)}
    for bucket in BUCKETS:
        known = [row for row in rows if row[f"registered_visits{bucket}"] is not None]
        came = sum(row[f"registered_visits{bucket}"] for row in known)
        of = sum(row["registrations"] for row in known)
        sums[f"conversion{bucket}"] = came / of if of else None
    return sums


@each_moment
def test_each_webinar_on_now(days: Database, at: datetime) -> None:
    reports = reported(days, at)
    rows = asked(days, "on-now/webinars", at)
    assert {row["webinar_id"] for row in rows} >= {
        key for key, row in reports.items() if row["completeness"] == "on_now"
    }
    for row in rows:
        expected = reports[row["webinar_id"]]
        shown = part(row, ("registrations", "visits_all", "walk_ins", "conversion", "conversion_5m", "conversion_30m"))
        counts = {"registrations": str(expected["registrations"]), **part(expected, ("visits_all", "walk_ins"))}
        assert shown == {**counts, **percents(expected, BUCKETS[:3])}, row["webinar_id"]


@each_moment
def test_the_rooms_together_on_now(days: Database, at: datetime) -> None:
    on = [row for row in reported(days, at).values() if row["completeness"] == "on_now"]
    (room,) = asked(days, "on-now/room", at)
    came, registered = (sum(row[name] for row in on) for name in ("registered_visits", "registrations"))
    assert room["conversion"] == percent(came, registered)


@each_page
def test_the_page_of_a_webinar(days: Database, at: datetime, webinar_id: str) -> None:
    row = reported(days, at)[webinar_id]
    lines = {line["step"]: line for line in of_page(days, "funnel", at, webinar_id)}
    steps = ["Attendees", "Stayed 5+ min", "Stayed 30+ min", "Completed (90 %+)"]
    top = {"Invited": row["invited"], "Page views": row["page_views"]}
    known = {step: number for step, number in top.items() if number is not None}
    assert list(lines) == [*known, "Registrants", *steps]
    for step, number in known.items():
        assert part(lines[step], ("people", "of_registered", "of_came")) == {
            "people": number,
            "of_registered": "",
            "of_came": "",
        }
    assert lines["Registrants"]["people"] == row["registrations"]
    shares = percents(row, doubtful=True)
    came = row["registered_visits"]
    for step, bucket in zip(steps, BUCKETS, strict=True):
        count = row[f"registered_visits{bucket}"]
        assert (lines[step]["people"], lines[step]["of_registered"]) == (count, shares[f"conversion{bucket}"])
        assert lines[step]["of_came"] == (percent(count, came) if bucket else "")
    names = ("visits_all", "walk_ins", "registered_later", "recording_viewers", "recording_views")
    (beside,) = of_page(days, "beside", at, webinar_id)
    assert part(beside, names) == part(row, names)


def test_the_pages_have_webinars_with_and_without_a_top_of_the_funnel(days: Database) -> None:
    rows = reported(days, MOMENTS["the day after"])
    assert [rows[BESIDE][name] for name in ("invited", "page_views")] == [900, 260]
    assert any(row["invited"] is row["page_views"] is None for row in rows.values())
    before = reported(days, MOMENTS["people wait"])[BESIDE]
    assert [before[name] for name in ("invited", "page_views")] == [None, 140]
    sources = of_page(days, "sources", MOMENTS["the day after"], BESIDE)
    views = {row["source_group"]: row["page_views"] for row in sources}
    assert (views["vk"], views["ads"], views["mail"]) == (190, 60, None)
    assert next(row["registrations"] for row in sources if row["source_group"] == "ads") == 0


@each_page
def test_how_people_watched_a_webinar(days: Database, at: datetime, webinar_id: str) -> None:
    row = reported(days, at)[webinar_id]
    (shown,) = of_page(days, "beside", at, webinar_id)
    names = ("no_shows", *WATCHED[:3])
    assert part(shown, names) == part(row, names)
    assert shown["engaged_minutes"] == (None if row["watch_seconds"] is None else row["watch_seconds"] // 60)
    (head,) = of_page(days, "head", at, webinar_id)
    if row["peak_at"] is None:
        assert shown["peak_at"] is None
        return
    peak, begin = datetime.fromisoformat(row["peak_at"]), datetime.fromtimestamp(head["from_ms"] / 1000 + 900, UTC)
    local = datetime.strptime(" ".join(head["local_start"].split()[:5]), "%a %d %b %Y, %H:%M").replace(tzinfo=UTC)
    zone = local - begin.replace(second=0, microsecond=0)
    assert shown["peak_at"] == f"{peak + zone:%H:%M} (minute {(peak - begin) // timedelta(minutes=1)})"


def test_the_pages_have_webinars_with_and_without_a_peak(days: Database) -> None:
    rows = reported(days, MOMENTS["the day after"])
    assert rows[BESIDE]["peak_viewers"] > 1
    # The service tells a sum for each person, and no instant.
    assert (rows[TOTALS]["peak_viewers"], rows[TOTALS]["average_watch_seconds"] > 0) == (None, True)


@each_moment
def test_how_people_watched_on_webinars(days: Database, at: datetime) -> None:
    reports = reported(days, at)
    for row in asked(days, "webinars/schedule", at):
        names = ("no_shows", "average_watch_seconds", "peak_viewers")
        assert part(row, names) == part(reports[row["webinar_id"]], names)


@each_moment
def test_all_numbers_of_the_top_of_the_funnel(days: Database, at: datetime) -> None:
    rows = {row["webinar_id"]: row for row in asked(days, "webinars/all_numbers", at)}
    reports = reported(days, at)
    names = ("invited", "page_views")
    assert {key: part(row, names) for key, row in rows.items()} == {key: part(reports[key], names) for key in rows}
    for row in asked(days, "webinars/all_numbers", at, source=["vk"]):
        assert row["invited"] is row["page_views"] is None


@each_page
def test_the_sources_of_a_webinar(days: Database, at: datetime, webinar_id: str) -> None:
    question = Question(week.ms(at), webinar_ids=(webinar_id,))
    of_source = {row["source_group"]: row for row in by_webinar_and_source(days.reader, question)}
    written = {row["label"]: row["source"] for row in days.ask("filters/source")}
    rows = of_page(days, "sources", at, webinar_id)
    assert {written[row["source_group"]] for row in rows} == of_source.keys()
    for row in rows:
        expected = of_source[written[row["source_group"]]]
        names = ("page_views", "registrations", "registered_visits", "walk_ins")
        assert part(row, names) == part(expected, names)
        assert row["conversion"] == percent(expected["registered_visits"], expected["registrations_begun"])
        assert row["conversion_30m"] == percent(expected["registered_visits_30m"], expected["registrations_30m"])


@pytest.mark.parametrize(
    ("webinar_id", "begin"), [(busy.main_id(), BEGIN), (BESIDE, STARTS - minutes(5))], ids=["main", "beside"]
)
@pytest.mark.parametrize("minute", [1, 5, 30, 60])
def test_the_curves_of_a_webinar_pass_through_the_report(
    days: Database, webinar_id: str, begin: datetime, minute: int
) -> None:
    at = begin + minutes(minute)
    row = reported(days, at)[webinar_id]
    point = of_page(days, "timeline", at, webinar_id)[-1]
    shown = [point["came"], point["stayed_5m"], point["stayed_30m"]]
    assert row["registrations"] >= 30
    assert shown == [row["conversion"], row["conversion_5m"], row["conversion_30m"]]


@pytest.mark.parametrize("webinar_id", [BESIDE, TOTALS])
def test_the_parts_of_a_webinar_add_up_to_the_report(days: Database, webinar_id: str) -> None:
    at = STARTS + timedelta(hours=17)
    row = reported(days, at)[webinar_id]
    for name in ("registrations_by_day", "registrations_by_hour"):
        assert sum(one["registrations"] for one in of_page(days, name, at, webinar_id)) == row["registrations"], name
    assert sum(one["people"] for one in of_page(days, "watch_time", at, webinar_id)) == row["visits"]
    views = sum(one["views"] for one in of_page(days, "recording_views", at, webinar_id))
    assert views == row["recording_views"]
