"""The pages that shares show, from the answers of an installation; and what a link that opens nothing shows."""

import logging
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from funnel.answers.answer import Answer
from funnel.answers.small_groups import HIDDEN
from funnel.answers.source import Answers, Asked, AwayError, UnknownError
from funnel.report.numbers import Question, Row
from funnel.report.table import COMPLETENESS, count, percent
from funnel.share.links import Opened, link, opened
from funnel.share.page import Shared, bars, begun, left_out, numbers_of, page, refusal
from funnel.share.register import Register, Share, ShareError, What

Outcome = Literal["shown", "expired", "forged", "revoked", "failed"]
_SOURCES_DAYS = 90
_FIRST_YEAR, _LAST_YEAR = 2000, 2285
_REFUSED: dict[Outcome, tuple[int, str, str]] = {
    "forged": (404, "No such page", "This link is not complete, or nobody here has made it. Ask for it again."),
    "expired": (410, "This link has expired", "Ask whoever sent it for a new one."),
    "revoked": (410, "This page is no longer shared", "Whoever shared it has withdrawn it."),
    "failed": (503, "Not available now", "The numbers cannot be read at the moment. Try again in a minute."),
}

_log = logging.getLogger("share")


class Shares:
    """The shared pages of one installation."""

    def __init__(self, answers: Answers, register: Register) -> None:
        self._answers, self._register = answers, register

    def link(self, share: Share) -> str:
        """The last part of its address. Raises ShareError."""
        return link(self._register.secret(), share.share_id, share.expires)

    def signed(self, text: str) -> bool:
        """Whether this installation has made the link, whatever became of it."""
        try:
            return opened(self._register.secret(), text, 0) != "forged"
        except ShareError:
            return False

    def shown(self, text: str, at: int) -> tuple[Outcome, int, str]:
        """What became of the link at a moment (ms), the HTTP status, and the page."""
        try:
            found = opened(self._register.secret(), text, at)
            if not isinstance(found, Opened):
                return _refused(found)
            share = self._register.get(found.share_id)
            if share is None:
                return _refused("revoked")
            return "shown", 200, page(self.of(share.what, share.of, at), share.expires)
        except (AwayError, ShareError, UnknownError) as error:
            _log.warning("a shared page cannot be shown: %s", error)
            return _refused("failed")

    def of(self, what: What, of: str, at: int) -> Shared:
        """The page as of a moment (ms). Raises AwayError, UnknownError."""
        return {"webinar": self._webinar, "sources": self._sources, "week": self._week}[what](of, at)

    def _webinar(self, webinar_id: str, at: int) -> Shared:
        question = Question(at, webinar_ids=(webinar_id,))
        answer, sources = self._ask(question), self._by_source(question, each_webinar=True)
        row = answer.rows[0]
        start = self._answers.starts(question).get(webinar_id)
        when = begun(start, self._answers.default_timezone)
        lines = [f"{when} · {COMPLETENESS[row['completeness']]}", *numbers_of(row), *left_out(sources.rows, "sources")]
        return Shared(row["title"] or webinar_id, lines, answer, {"By source": bars(sources.rows, "source_group")})

    def _sources(self, _: str, at: int) -> Shared:
        last = _day(at)
        first = last - timedelta(days=_SOURCES_DAYS - 1)
        answer = self._by_source(Question(at, first_day=first, last_day=last))
        counted = [row for row in answer.rows if "registrations" not in row[HIDDEN]]
        lines = [f"Webinars from {first:%-d %b %Y} to {last:%-d %b %Y}.", *map(_line, counted)]
        drawn = {"By source": bars(answer.rows, "source_group")}
        return Shared(f"Sources, last {_SOURCES_DAYS} days", [*lines, *left_out(answer.rows, "sources")], answer, drawn)

    def _week(self, week: str, at: int) -> Shared:
        first = first_day(week)
        last = first + timedelta(days=6)
        question = Question(at, first_day=first, last_day=last)
        answer, sources = self._ask(question), self._by_source(question)
        known = self._answers.starts(question)
        rows = [
            {
                **row,
                "named": f"{begun(known.get(row['webinar_id']), self._answers.default_timezone)} · "
                f"{row['title'] or row['webinar_id']}",
            }
            for row in answer.rows
        ]
        lines = [
            f"{len(rows):,} {'webinar' if len(rows) == 1 else 'webinars'} from {first:%-d %b %Y} to {last:%-d %b %Y}."
        ]
        lines += [*left_out(rows, "webinars"), *left_out(sources.rows, "sources")]
        charts = {"By webinar": bars(rows, "named"), "By source": bars(sources.rows, "source_group")}
        return Shared(f"Week {week}", lines, answer, charts)

    def _ask(self, question: Question) -> Answer:
        return self._answers.ask(Asked(question))

    def _by_source(self, question: Question, *, each_webinar: bool = False) -> Answer:
        """With the sources as people wrote them."""
        answer = self._answers.ask(Asked(replace(question, by=("source_group",)), each_webinar))
        return replace(answer, rows=self._answers.named(answer.rows))


def first_day(week: str) -> date:
    """The Monday of 2026-W47. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{4}-W[0-9]{2}", week):
        raise ValueError("a week is written 2026-W47")
    first = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        raise ValueError(f"not between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return first


def _refused(outcome: Outcome) -> tuple[Outcome, int, str]:
    status, title, text = _REFUSED[outcome]
    return outcome, status, refusal(title, text)


def _line(row: Row) -> str:
    came = f", {count(row['registered_visits'])} attendees, {percent(row['conversion'])}"
    return f"• {row['source_group']}: {count(row['registrations'])} registrants{came}"


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()
