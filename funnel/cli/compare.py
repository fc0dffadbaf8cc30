"""`funnel compare WEBINAR`: why a service's own totals differ from our numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from clickhouse_connect.driver.client import Client

from clickhouse.at import AT, at_parameter
from clickhouse.client import connect
from contract.signed import signed
from funnel.cli.console import At, WebinarId, checked_settings, moment, out
from funnel.cli.report import known_or_give_up
from funnel.report.compare import NUMBERS, Comparison, Id, compare
from funnel.report.numbers import Question, answer
from process.patience import waiting_for


def compare_command(
    webinar: WebinarId,
    at: At = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, nothing else.")] = False,
) -> None:
    """Explain line by line why a service's own totals differ from our numbers."""
    compare_webinar(webinar, moment(at), as_json)


def compare_webinar(webinar_id: str, at: int, as_json: bool) -> None:
    """Prints the comparison of one webinar at a moment (ms since 1970 UTC). Raises typer.Exit if no event names it."""
    client = connect(checked_settings(), user="writer")
    with waiting_for("ClickHouse"):
        known_or_give_up(client, at, [webinar_id])
        rows = answer(client, Question(at=at, webinar_ids=(webinar_id,)))
    known = ids(client, webinar_id, at)
    found = compare(known, rows[0], reported(client, webinar_id, at)) if known else []
    if as_json:
        typer.echo(json.dumps([{**asdict(one), "hint": one.hint} for one in found], ensure_ascii=False))
        return
    out.print(f"{webinar_id}: {rows[0]['title'] or 'no title'}")
    if not known:
        out.print("No person of this webinar is known, so a service's totals cannot be explained.")
    elif not found:
        out.print("No service reports totals of this webinar: there is nothing to compare.")
    for one in found:
        out.print(f"\n{explained(one)}")


def explained(one: Comparison) -> str:
    """The comparison as lines for people; the counts are aligned and add up."""
    steps = [
        (f"{one.ours:,}", f"our number, {NUMBERS[one.number]}"),
        *((f"+{line.count:,}", line.label) for line in one.lines),
        (signed(one.not_explained, 0), "not explained"),
        (f"{one.theirs:,}", f"the number of {one.reported_by}"),
    ]
    width = max(len(number) for number, _ in steps)
    head = f"{NUMBERS[one.number]}: {one.reported_by} says {one.theirs:,}, we say {one.ours:,}."
    said = [head, *(f"  {number:>{width}}  {label}" for number, label in steps)]
    if one.not_explained == 0:
        said[-2:-1] = []
    if one.hint:
        said.append(f"  {'':>{width}}  ({one.hint})")
    return "\n".join(said)


def ids(client: Client, webinar_id: str, at: int) -> Sequence[Id]:
    """Every person id in the webinar's events."""
    rows = client.query(
        f"SELECT {', '.join(Id.__dataclass_fields__)} FROM compare_at(at = {AT}, webinar_id = {{webinar_id:String}})"
        " ORDER BY person_id",
        parameters=_parameters(webinar_id, at),
    ).result_rows
    return [Id(*row[:2], *map(bool, row[2:])) for row in rows]


def reported(client: Client, webinar_id: str, at: int) -> Mapping[str, Mapping[str, int | None]]:
    """The latest totals of every reporter, as reported by then."""
    rows: Any = client.query(
        f"SELECT reported_by, {', '.join(NUMBERS)} FROM totals FINAL"
        " WHERE webinar_id = {webinar_id:String}"
        f" AND reported_at <= toUnixTimestamp64Milli({AT})"
        " ORDER BY reported_by, reported_at DESC, event_id DESC, content DESC LIMIT 1 BY reported_by",
        parameters=_parameters(webinar_id, at),
    ).named_results()
    return {row["reported_by"]: {name: row[name] for name in NUMBERS} for row in rows}


def _parameters(webinar_id: str, at: int) -> dict[str, str]:
    return {"webinar_id": webinar_id, "at": at_parameter(at)}
