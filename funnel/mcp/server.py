"""The tools of the MCP server. All of them read; none is told anything that the API would not tell."""

from collections.abc import Callable
from datetime import date
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from funnel.answers.answer import parse_dimensions
from funnel.answers.definitions import definitions
from funnel.answers.source import Answers, Asked, AwayError, UnknownError
from funnel.mcp.drop import explained_drop
from funnel.report.numbers import Question, parse_at
from funnel.share.pages import first_day
from process.clock import now

Json = dict[str, Any]

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_ABOUT = (
    "Exact numbers of webinars: registrants, attendees, how long people stayed, by source and other dimensions. Each "
    "answer says its moment (at), whether it is provisional, whether it is verified, and what each column means. "
    "Null is not zero: the number cannot exist, or it is listed in `suppressed` because too few people are behind it."
)
_MOST = 500


class Tools:
    """The tools, on the answers of one installation."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def list_webinars(self, first_day: str | None = None, last_day: str | None = None, limit: int = 50) -> Json:
        """List webinars with their numbers, the latest weeks first. Days: 2026-11-22, in each webinar's time zone."""
        said = self._ask(Question(now(), first_day=_day(first_day), last_day=_day(last_day)))
        rows = sorted(said["rows"], key=lambda row: row["week"] or "", reverse=True)
        return {**said, "rows": rows[: max(1, min(limit, _MOST))], "webinars_in_all": len(rows)}

    def funnel_of_webinar(self, webinar_id: str, at: str | None = None) -> Json:
        """The funnel of one webinar, in all and by source. `at`: a past moment, 2026-11-22T18:00:00Z; default now."""
        question = Question(_at(at), webinar_ids=(webinar_id,))
        return {"webinar": self._ask(question), "by_source": self._ask(question, "source_group", each=True)}

    def compare_sources(
        self, first_day: str | None = None, last_day: str | None = None, by: str = "source_group"
    ) -> Json:
        """Compare sources, or groups by other dimensions, over a period. `by`: source_group, course, region, language,
        week, weekday, hour, format, platform, people, webinar; several with commas."""
        dimensions, each = _said(parse_dimensions, by)
        return self._ask(Question(now(), dimensions, (), _day(first_day), _day(last_day)), each=each)

    def week(self, week: str) -> Json:
        """The webinars of an ISO week such as 2026-W47, and its sources."""
        first = _said(first_day, week)
        last = date.fromordinal(first.toordinal() + 6)
        question = Question(now(), first_day=first, last_day=last)
        return {"webinars": self._ask(question), "by_source": self._ask(question, "source_group")}

    def explain_drop(self, webinar_id: str) -> Json:
        """Why a webinar is below what is typical: what was found, and its sources beside those of its peers."""
        return self._told(lambda: explained_drop(self._answers, webinar_id, now()))

    def definitions(self) -> Json:
        """What every measure and column means, its unit, and when it can exist."""
        return {"definitions": [one._asdict() for one in definitions()]}

    def _ask(self, question: Question, by: str | None = None, *, each: bool = False) -> Json:
        asked = Asked(question if by is None else question_by(question, by), each)
        return self._told(lambda: self._answers.ask(asked).as_json())

    @staticmethod
    def _told(ask: Callable[[], Json]) -> Json:
        try:
            return ask()
        except UnknownError as error:
            raise ToolError(f"{error}; list_webinars names them") from error
        except AwayError as error:
            raise ToolError("the database does not answer; try again, or look at funnel status") from error


def question_by(question: Question, by: str) -> Question:
    """The same, in groups of one dimension."""
    return Question(question.at, (by,), question.webinar_ids, question.first_day, question.last_day)


def server(answers: Answers, version: str) -> MCPServer[Any]:
    """The server, not running yet."""
    made: MCPServer[Any] = MCPServer("webinar-funnel", instructions=_ABOUT, version=version, log_level="WARNING")
    tools = Tools(answers)
    for tool in (
        tools.list_webinars,
        tools.funnel_of_webinar,
        tools.compare_sources,
        tools.week,
        tools.explain_drop,
        tools.definitions,
    ):
        made.add_tool(tool, annotations=_READS)
    return made


def _day(text: str | None) -> date | None:
    return None if text is None else _said(date.fromisoformat, text)


def _at(text: str | None) -> int:
    return now() if text is None else _said(parse_at, text)


def _said(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise ToolError(f"{text}: {error}") from error
