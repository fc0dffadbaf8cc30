"""Judges every webinar beside the ones like it: what pages mark and say (docs/decisions/0036-judged-by-the-workers.md).

How is pure (alerts/detection/verdict.py); here is which, when, and where it is written. An ended webinar is judged anew
when what its verdict rests on is another; a live one every minute, an upcoming one every ten.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from alerts.detection import verdict
from alerts.detection.judgement_rows import JudgementRow, explaining, judgement_rows, pace_rows
from alerts.detection.measurements import Counts, Moment, Webinar
from alerts.detection.pace import Grown, Pace, pace
from alerts.detection.peers import History, PeerGroup, peer_group
from alerts.detection.settings import DropSettings
from alerts.detection.typical import Band
from alerts.detection.verdict import Own, Verdict
from contract.instants import DAY, FAR_FUTURE, HOUR, MINUTE
from process.clock import now
from streams.fold.lines import block, line
from streams.jobs.judged_rows import (
    Asking,
    Judgement,
    Latest,
    PaceRow,
    Seen,
    TypicalRow,
    fingerprint,
    typical_row,
)
from streams.store import Insert, Store

DAYS_AHEAD = 14
"""How far ahead upcoming webinars are judged."""
_MOST_WEBINARS = 100
"""Judged by one statement: bounds its memory."""
_LIVE_EVERY, _UPCOMING_EVERY, _SAID_EVERY = MINUTE, 10 * MINUTE, 5 * MINUTE
_MARGIN_SECONDS = 60
"""How long nothing of a webinar may have changed before it is judged anew."""


class _Planned(NamedTuple):
    seen: Mapping[str, Seen]
    like: Mapping[str, PeerGroup]
    made_of: Mapping[str, str]
    """Of the ended ones."""


class Judging:
    """The job. Keeps only what saves it work: all of it is found again in the tables."""

    def __init__(self, store: Store, settings: DropSettings | None = None, clock: Callable[[], int] = now) -> None:
        self._store, self._settings, self._clock = store, settings or DropSettings(), clock
        self._made: dict[str, str] | None = None
        self._latest: dict[str, Latest] = {}
        self._tokens: dict[str, str] = {}
        self._paces: dict[str, tuple[int, int]] = {}
        self._known: dict[str, TypicalRow] = {}
        self._changed = ""
        self._due_at = self._upcoming_at = 0

    async def turn(self, at: int | None = None, *, margin_seconds: int = _MARGIN_SECONDS) -> int:
        """Judges what is due at `at` (ms; None: now). Returns how many webinars it judged. Raises StoreGone."""
        at = self._clock() if at is None else at
        asking = Asking(self._store, at)
        changed = await asking.changed()
        if changed == self._changed and at < self._due_at:
            return 0
        if self._made is None:
            self._made, self._latest = await asking.made(), await asking.latest()
        planned = await self._plan(asking, margin_seconds)
        judged = await self._ended(asking, planned)
        judged += await self._live(asking, planned)
        if at >= self._upcoming_at:
            judged += await self._upcoming(asking, planned)
            self._upcoming_at = at + _UPCOMING_EVERY
        waiting = any(one.moving for one in planned.seen.values())
        self._changed, self._due_at = "" if waiting else changed, _due_at(planned.seen.values(), at)
        return judged

    async def _plan(self, asking: Asking, margin_seconds: int) -> _Planned:
        seen, same = await asking.seen(margin_seconds), await asking.same()
        for webinar_id, one in seen.items():
            # What is still under way is waited for, unless nothing was said of it yet.
            if not one.moving or webinar_id not in self._tokens:
                self._tokens[webinar_id] = one.token
        seen = {key: one._replace(token=self._tokens[key]) for key, one in seen.items()}
        return await asyncio.to_thread(_planned, seen, self._tokens, same, self._settings)

    async def _ended(self, asking: Asking, planned: _Planned) -> int:
        assert self._made is not None
        made = self._made
        due = [key for key, made_of in planned.made_of.items() if made.get(key) != made_of]
        due.sort(key=lambda key: (-planned.seen[key].webinar.begin, key))
        for start in range(0, len(due), _MOST_WEBINARS):
            await self._judge_ended(asking, planned, due[start : start + _MOST_WEBINARS])
        gone = [Judgement(key, "ended", 0, FAR_FUTURE, "", "", "", ()) for key in made.keys() - planned.made_of.keys()]
        await self._write(gone)
        for one in gone:
            del made[one.webinar_id]
        return len(due)

    async def _judge_ended(self, asking: Asking, planned: _Planned, webinar_ids: Sequence[str]) -> None:
        numbers = await asking.numbers({*webinar_ids, *_peers(planned, webinar_ids)})
        found = {
            key: verdict.ended(
                planned.seen[key].webinar, _own(numbers, key), planned.like[key], numbers, self._settings
            )
            for key in webinar_ids
        }
        wanted = {one for key in webinar_ids if _explained(found[key]) for one in _compared(key, planned)}
        people, growth = await asking.people(wanted, FAR_FUTURE), await asking.growth(webinar_ids)
        rows = []
        for key, one in found.items():
            end, like, own = planned.seen[key].webinar.end, planned.like[key], _own(numbers, key)
            said = await asyncio.to_thread(judgement_rows, key, own, one, like, people, end)
            grown, made_of = growth.get(key, ()), planned.made_of[key]
            rows.append(Judgement(key, "ended", 0, end, made_of, one.why, one.why_registrations, said, grown))
        await self._write_typical(typical_row(key, planned.like[key], one) for key, one in found.items())
        # Last: what it was made of says that all of it is there.
        await self._write(rows)
        self._made = {**(self._made or {}), **{key: planned.made_of[key] for key in webinar_ids}}

    async def _live(self, asking: Asking, planned: _Planned) -> int:
        at = asking.at
        live = {key: one.webinar for key, one in planned.seen.items() if one.webinar.begin <= at < one.webinar.end}
        if not live:
            return 0
        numbers = await asking.numbers({*live, *_peers(planned, live)})
        own = {key: numbers.get(key, Own(Counts(0))) for key in live}
        await self._write_typical(self._typical(planned, live, numbers))
        bands = await asking.bands({key: one.counts.registrations for key, one in own.items()})
        heard = await asking.heard([key for key, one in own.items() if not one.visits_all])
        for key, webinar in live.items():
            members = planned.like[key].members
            here = own[key]
            moment = Moment(
                webinar,
                (at - webinar.begin) // MINUTE * MINUTE,
                {"": here.counts},
                {one.webinar_id: {"": numbers[one.webinar_id].counts} for one in members if one.webinar_id in numbers},
                here.visits_all,
                here.walk_ins,
                any_event=here.visits_all > 0 or heard.get(key, 0) >= webinar.begin,
            )
            peers, band = bands.get(key, (0, {}))
            found = verdict.live(webinar, moment, here, band, peers, self._settings, _registered(self._known[key]))
            if self._is_news("live", key, found, at):
                wanted = _compared(key, planned) if _explained(found) else ()
                people = await asking.people(wanted, moment.elapsed)
                said = judgement_rows(key, here, found, planned.like[key], people, at, moment.elapsed // MINUTE)
                await self._say("live", key, found, said, at)
        return len(live)

    async def _upcoming(self, asking: Asking, planned: _Planned) -> int:
        at = asking.at
        until = at + DAYS_AHEAD * DAY
        coming = {key: one.webinar for key, one in planned.seen.items() if at < one.webinar.begin <= until}
        if not coming:
            return 0
        peers = _peers(planned, coming)
        numbers, grown = await asking.numbers({*coming, *peers}), await asking.grown(peers)
        await self._write_typical(self._typical(planned, coming, numbers))
        paces = []
        for key, webinar in coming.items():
            registrations = numbers.get(key, Own(Counts(0))).counts.registrations
            hours = (webinar.begin - at) / HOUR
            earlier = {
                peer: Grown({"": registered_by(grown[peer], hours)}, numbers[peer].counts.registrations)
                for peer in (one.webinar_id for one in planned.like[key].members)
                if peer in grown and peer in numbers
            }
            going = pace({"": registrations}, planned.like[key], earlier, self._settings)
            paces += self._pace_row(key, registrations, going, at)
            found = verdict.upcoming(going, len(earlier), self._settings)
            if self._is_news("upcoming", key, found, at):
                said = pace_rows(found, going, hours, at)
                await self._say("upcoming", key, found, said, at)
        await self._insert("pace", (*PaceRow._fields, "evaluated_at"), paces, at)
        return len(coming)

    def _typical(
        self, planned: _Planned, webinars: Mapping[str, Webinar], numbers: Mapping[str, Own]
    ) -> Iterable[TypicalRow]:
        """What is typical at the end of webinars that have not come to it, where it is another than was written."""
        for key, one in webinars.items():
            like, own = planned.like[key], numbers.get(key, Own(Counts(0)))
            row = typical_row(key, like, verdict.ended(one, own, like, numbers, self._settings))
            if self._known.get(key) != row:
                self._known[key] = row
                yield row

    def _is_news(self, state: str, key: str, found: Verdict, at: int) -> bool:
        """Whether it is another verdict than the last one of a live or upcoming webinar, or that one is some minutes
        old and has numbers."""
        last = self._latest.get(key)
        if last is None or last[:2] != (state, _gist(found)):
            return True
        return bool(found.found) and at - last[2] >= _SAID_EVERY

    async def _say(self, state: str, key: str, found: Verdict, said: Sequence[JudgementRow], at: int) -> None:
        last = self._latest.get(key)
        since = last[3] if last is not None and last[0] == state else {}
        lasting = [(*one[:6], since.get(one[:2], one[6]), one[7]) for one in said]
        self._latest[key] = state, _gist(found), at, {one[:2]: one[6] for one in lasting}
        await self._write([Judgement(key, state, at, at, "", found.why, found.why_registrations, lasting)])

    def _pace_row(self, key: str, registrations: int, going: Pace | None, at: int) -> list[PaceRow]:
        """Where it changed, and every hour."""
        known, when = self._paces.get(key, (-1, 0))
        if known == registrations and at - when < HOUR:
            return []
        self._paces[key] = registrations, at
        if going is None:
            return [PaceRow(key, registrations, None, None, None, None, None, 0)]
        numbers = float(going.baseline), going.expected, going.low, going.high, float(going.baseline_final)
        return [PaceRow(key, registrations, *numbers, going.webinars)]

    async def _write(self, rows: Sequence[Judgement]) -> None:
        await self._insert("judgements", (*Judgement._fields, "judged_at"), rows, self._clock())

    async def _write_typical(self, rows: Iterable[TypicalRow]) -> None:
        await self._insert("baseline_values", (*TypicalRow._fields, "evaluated_at"), list(rows), self._clock())

    async def _insert(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]], at: int) -> None:
        if rows:
            await self._store.insert(Insert(table, names, block(line((*row, at / 1000)) for row in rows)))


def _registered(typical: TypicalRow) -> Band | None:
    low, middle, high = typical.registrations_low, typical.registrations, typical.registrations_high
    return None if low is None or middle is None or high is None else Band(low, middle, high)


def _peers(planned: _Planned, webinar_ids: Iterable[str]) -> set[str]:
    return {member.webinar_id for key in webinar_ids for member in planned.like[key].members if member.weight}


def registered_by(growth: Sequence[tuple[int, int]], hours: float) -> int:
    """How many had registered so many hours before the start; between two whole hours in proportion."""
    whole = int(hours)
    by_earlier = sum(n for before, n in growth if before > whole)
    by_later = sum(n for before, n in growth if before >= whole)
    return round(by_later + (by_earlier - by_later) * (hours - whole))


def _planned(seen: Mapping[str, Seen], tokens: Mapping[str, str], same: str, settings: DropSettings) -> _Planned:
    history = History(one.webinar for one in seen.values())
    like = {key: peer_group(one.webinar, history, settings) for key, one in seen.items()}
    ended = {key: one for key, one in seen.items() if one.webinar.ended}
    return _Planned(seen, like, {key: fingerprint(one, like[key], tokens, same) for key, one in ended.items()})


def _due_at(seen: Iterable[Seen], at: int) -> int:
    """When something is due though nothing changes: a webinar begins, runs, or is to come."""
    due = at + _UPCOMING_EVERY
    for one in seen:
        if one.webinar.begin > at:
            due = min(due, one.webinar.begin)
        elif not one.webinar.ended:
            due = min(due, at + _LIVE_EVERY)
    return due


def _own(numbers: Mapping[str, Own], key: str) -> Own:
    return numbers.get(key, Own(Counts(0)))


def _gist(found: Verdict) -> tuple[Any, ...]:
    return found.why, found.why_registrations, tuple((one.kind, one.metric) for one in found.found)


def _explained(found: Verdict) -> bool:
    """Whether it has a cause that has to be looked for."""
    return any(one.kind in ("drop", "standout") for one in found.found)


def _compared(key: str, planned: _Planned) -> list[str]:
    """The webinar and those like it whose people are looked at."""
    return [key, *(one.webinar_id for one in explaining(planned.like[key]))]
