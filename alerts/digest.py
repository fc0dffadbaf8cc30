"""The morning summary and the week's page: what they need from the views, and when they are due."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from clickhouse_connect.driver.client import Client

from alerts import digest_words as words
from alerts.detection import naming
from alerts.evidence import Final, WebinarInfo
from alerts.messages import Message
from alerts.read import Reader
from alerts.settings import DAYS, AlertSettings
from alerts.store import AlertStore
from clickhouse.at import AT, at_parameter
from contract.instants import HOUR
from contract.measures import LONGEST

Span = Literal["daily", "weekly"]
_LATEST_HOURS = 6
"""So long after its time a summary is still sent, by a process that was down."""
_WEEKS_BEFORE = 4
_BASELINES = f"""
SELECT
    webinar_id,
    if(why_registrations = '', registrations, NULL) AS registrations,
    if(why = '', conversion, NULL) AS conversion,
    if(why = '', conversion{LONGEST.ending}, NULL) AS conversion_longest
FROM baselines
LEFT JOIN judgements_at(at = {AT}) AS judged USING webinar_id
WHERE webinar_id IN {{webinar_ids:Array(String)}}
"""
"""Beside what is not judged nothing is called typical."""
_SENTENCES = f"""
SELECT sentence, webinar_id FROM unusual_at(at = {AT})
WHERE multiIf(
    kind = 'rise', false,
    kind = 'pace', webinar_id IN {{coming:Array(String)}},
    webinar_id != '', webinar_id IN {{over:Array(String)}},
    toUnixTimestamp64Milli(since) >= {{begin:Int64}} AND toUnixTimestamp64Milli(since) < {{end:Int64}})
ORDER BY kind = 'standout', since, sentence
"""
_JUDGED = f"SELECT count() FROM judgements_at(at = {AT}) WHERE webinar_id IN {{over:Array(String)}}"
_PACE = f"""
SELECT webinar_id, registrations, baseline_now, expected, expected_low, expected_high, baseline_final
FROM pace_at(at = {AT}) WHERE webinar_id IN {{webinar_ids:Array(String)}}
"""


def make_due(client: Client, store: AlertStore, alerting: AlertSettings, at: int) -> None:
    """Makes the messages of the summaries whose time has come and that were not made yet."""
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(alerting.timezone))
    weekday, _, weekly_time = alerting.weekly_at.lower().partition(" ")
    times: list[tuple[Span, str]] = [("daily", alerting.digest_at)]
    if weekday == DAYS[local.weekday()]:
        times.append(("weekly", weekly_time))
    for span, time in times:
        if not time:
            continue
        hour, minute = map(int, time.split(":"))
        wanted = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        message_id = f"digest:{span}:{local:%Y-%m-%d}"
        if wanted <= local < wanted + timedelta(hours=_LATEST_HOURS) and not store.has_message(message_id):
            title, text = compose(client, alerting, at, span)
            store.add_messages([Message(message_id, "", "", "digest", True, at, title, text, "")])


def compose(client: Client, alerting: AlertSettings, at: int, span: Span) -> tuple[str, str]:
    """Title and text of the summary at a moment (ms)."""
    title, text, _ = composed(client, alerting, at, span)
    return title, text


def composed(client: Client, alerting: AlertSettings, at: int, span: Span) -> tuple[str, str, list[words.Over]]:
    """The same, and the webinars that it is about, in their order in time: for a page with pictures."""
    zone = ZoneInfo(alerting.timezone)
    today = datetime.fromtimestamp(at / 1000, zone).date()
    if span == "daily":
        first, last, ahead = today - timedelta(days=1), today, today + timedelta(days=1)
    else:
        last = today - timedelta(days=today.weekday())
        first, ahead = last - timedelta(days=7), last + timedelta(days=7)
    reader = Reader(client)
    webinars = reader.webinars(at)
    begin, end, until = (_midnight(day, zone) for day in (first, last, ahead))
    over = [one for one in webinars.values() if begin <= one.webinar.begin < end]
    # A week's page read later in the week must not call planned what was held; the morning's names all of today.
    soonest = end if span == "daily" else max(end, at)
    coming = [one for one in webinars.values() if soonest <= one.webinar.begin < until]
    finals = _named(reader.finals(at), reader.names())
    baseline = _by_id(client, _BASELINES, [one.webinar.webinar_id for one in over], at)
    pace = _by_id(client, _PACE, [one.webinar.webinar_id for one in coming], at)
    sentences = _sentences(client, webinars, [one.webinar.webinar_id for one in over], coming, (begin, end), at)
    rows = sorted(
        (words.Over(one, finals.get(one.webinar.webinar_id), baseline.get(one.webinar.webinar_id, {})) for one in over),
        key=lambda row: row.info.webinar.begin,
    )
    ahead_rows = sorted(
        (words.Coming(one, pace.get(one.webinar.webinar_id, {})) for one in coming),
        key=lambda row: row.info.webinar.begin,
    )
    if span == "daily":
        return *words.daily(first, rows, sentences, ahead_rows), rows
    since = begin - _WEEKS_BEFORE * 7 * 24 * HOUR
    before = [
        words.Over(one, finals.get(one.webinar.webinar_id), {})
        for one in webinars.values()
        if since <= one.webinar.begin < begin
    ]
    return *words.weekly(first, rows, before, _WEEKS_BEFORE, sentences, ahead_rows), rows


def _named(finals: Mapping[str, Final], names: naming.Names) -> dict[str, Final]:
    """With their source groups as people wrote them."""
    return {
        webinar_id: one._replace(groups={naming.named(group, names): counts for group, counts in one.groups.items()})
        for webinar_id, one in finals.items()
    }


def _sentences(
    client: Client,
    webinars: Mapping[str, WebinarInfo],
    over: list[str],
    coming: list[WebinarInfo],
    span: tuple[int, int],
    at: int,
) -> list[tuple[str, str]] | None:
    """Title of the webinar and what is unusual about it; of those to come that registrations are behind. None: it is
    not known."""
    asked = {
        "at": at_parameter(at),
        "begin": span[0],
        "end": span[1],
        "coming": [one.webinar.webinar_id for one in coming],
        "over": over,
    }
    found = client.query(_SENTENCES, asked).result_rows
    ((judged,),) = client.query(_JUDGED, asked).result_rows
    if not found and judged < len(over):
        return None
    return [(webinars[row[1]].title if row[1] in webinars else "", row[0]) for row in found]


def _by_id(client: Client, statement: str, webinar_ids: list[str], at: int = 0) -> dict[str, Mapping[str, Any]]:
    if not webinar_ids:
        return {}
    parameters: dict[str, Any] = {"webinar_ids": webinar_ids, "at": at_parameter(at)}
    return {row["webinar_id"]: row for row in client.query(statement, parameters).named_results()}


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp()) * 1000
