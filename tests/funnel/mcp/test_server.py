"""The MCP server as a process, asked by the SDK's own client over its standard input and output."""

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from funnel.answers.small_groups import HIDDEN
from streams.settings import Settings
from tests.funnel.answers.school import SMALL
from tests.layers.sources import ROOT

if TYPE_CHECKING:
    from mcp import StdioServerParameters

TOOLS = {"list_webinars", "funnel_of_webinar", "compare_sources", "week", "explain_drop", "definitions"}


@pytest.fixture
def command(at_school: Settings) -> "StdioServerParameters":
    # Here, because each process that collects this module would import it.
    from mcp import StdioServerParameters

    environment = {name: value for name, value in os.environ.items() if name.startswith("FUNNEL_")}
    return StdioServerParameters(command=sys.executable, args=["-m", "funnel", "mcp"], env=environment, cwd=ROOT)


async def test_an_assistant_gets_the_reports_answers(command: "StdioServerParameters") -> None:
    from mcp import Client, stdio_client

    async with Client(stdio_client(command)) as client:

        async def call(tool: str, **arguments: Any) -> dict[str, Any]:
            said = await client.call_tool(tool, arguments)
            assert not said.is_error, said
            content: dict[str, Any] | None = said.structured_content
            assert content is not None
            return content

        tools = (await client.list_tools()).tools
        assert {one.name for one in tools} == TOOLS
        assert all(one.description and one.annotations and one.annotations.read_only_hint for one in tools)

        listed = await call("list_webinars", limit=2)
        assert (len(listed["rows"]), listed["webinars_in_all"]) == (2, 4)
        funnel = await call("funnel_of_webinar", webinar_id="zoom:1")
        (row,) = funnel["webinar"]["rows"]
        assert (row["registrations"], row["registered_visits"], row["conversion"]) == (30, 20, 20 / 30)
        assert funnel["webinar"]["definitions"]["conversion"]["label"] == "Attendance rate"
        assert any("registrations" in one[HIDDEN] for one in funnel["by_source"]["rows"])
        small = await call("funnel_of_webinar", webinar_id=SMALL)
        assert small["webinar"]["rows"][0]["registrations"] is None
        compared = await call("compare_sources", first_day="2026-11-01", last_day="2026-11-30", by="source_group,week")
        assert {one["source_group"] for one in compared["rows"]} >= {"vk", "mail", "ads"}
        week = await call("week", week="2026-W47")
        assert len(week["webinars"]["rows"]) == 3
        drop = await call("explain_drop", webinar_id="zoom:2")
        assert drop["in_short"] == "It has not been judged: it has not ended, or too few webinars are like it."
        assert {one["name"] for one in (await call("definitions"))["definitions"]} >= {"registrations", "conversion"}

        for tool, arguments, words in (
            ("funnel_of_webinar", {"webinar_id": "zoom:99"}, "no event names zoom:99"),
            ("week", {"week": "last"}, "a week is written 2026-W47"),
            ("compare_sources", {"by": "sauce"}, "no dimension"),
            ("list_webinars", {"first_day": "soon"}, "soon: "),
            ("week", {"week": "9999-W52"}, "not between"),
        ):
            failed = await client.call_tool(tool, arguments)
            assert failed.is_error
            assert words in str(failed.content)
