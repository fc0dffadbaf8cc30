"""`funnel dead-letters`: records of our topics that could not be read. Exit status: 0 done, 1 not for all, 2 wrong use.

A record may hold personal data, so its content is printed only by `show --payload`.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, TypeVar

import orjson
import typer
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from contract.decode import Reason
from contract.instants import format_instant
from funnel.cli.console import FAILED, WRONG_USE, err, give_up, out
from funnel.dead_letters.kafka import Raw, raw_letters
from funnel.dead_letters.letter import EXAMPLE, Choice, Letter, Place, parse_place, parse_topic
from funnel.dead_letters.replay import Replayed, judge
from funnel.dead_letters.replay import replay as replayed
from funnel.dead_letters.store import find, settle
from funnel.report.numbers import parse_at
from funnel.stack.folder import StackFolder
from process.clock import now
from streams.blown import resume as resume_reading
from streams.settings import Settings, settings

Value = TypeVar("Value")

dead_letters_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Records of our topics that could not be read."
)

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID…", help=f"As funnel dead-letters list prints them: {EXAMPLE}.")
]
Reasons = Annotated[
    list[Reason] | None, typer.Option("--reason", help="Only letters with this reason; may be repeated.")
]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", help="Only letters of this topic, such as attendance; may be repeated.", metavar="TOPIC"),
]
Since = Annotated[
    str | None,
    typer.Option(help="Only records written since then, such as 2026-11-22T18:00:00Z.", metavar="TIME"),
]
Until = Annotated[str | None, typer.Option(help="Only records written before then.", metavar="TIME")]
All = Annotated[bool, typer.Option("--all", help="All open letters.")]


@dead_letters_app.callback()
def _dead_letters() -> None:
    """Records of our topics that could not be read. They do not stop processing, and wait here to be replayed."""


@dead_letters_app.command("list")
def list_(
    reason: Reasons = None,
    topic: Topics = None,
    since: Since = None,
    until: Until = None,
    with_settled: Annotated[
        bool, typer.Option("--all", help="Also replayed and discarded letters; by default only open ones.")
    ] = False,
    limit: Annotated[int, typer.Option(help="How many of the latest to list.", min=0)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, nothing else.")] = False,
) -> None:
    """Count dead letters by topic and reason, and list the latest ones."""
    choice = _choice(None, reason, topic, since, until, with_settled=with_settled)
    with _client(settings()) as client:
        letters = find(client, choice)
    latest = letters[::-1][:limit]
    if as_json:
        out.print(orjson.dumps([_said(one) for one in latest], option=orjson.OPT_INDENT_2).decode())
        return
    if not letters:
        out.print("There are no dead letters." if choice == _choice() else "There are no dead letters that match.")
        return
    counted = Counter((one.place.topic, one.reason) for one in letters)
    for (name, why), number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        out.print(f"{number:>8,}  {name}  {why}")
    for one in latest:
        settled = f"  ({one.settled})" if one.settled else ""
        out.print(f"{one.place}  {format_instant(one.written_at)}  {one.reason}  {one.detail}{settled}")


@dead_letters_app.command()
def show(
    letter: Annotated[str, typer.Argument(metavar="ID", help=f"As list prints it: {EXAMPLE}.")],
    payload: Annotated[
        bool, typer.Option("--payload", help="Print only its bytes. They may hold personal data.")
    ] = False,
) -> None:
    """Show what is wrong with one letter, where its bytes are, and whether this version can read it."""
    config = settings()
    with _client(config) as client:
        one = _those(client, _choice([letter], with_settled=True))[0]
    ((_, raw),) = raw_letters(config, [one])
    if payload:
        if raw is None:
            give_up(_gone(1), FAILED)
        sys.stdout.buffer.write((raw.value or b"") + b"\n")
        return
    out.print(f"Record:  {one.place}, written {format_instant(one.written_at)}")
    out.print(f"Reason:  {one.reason}: {one.detail}")
    out.print(f"State:   {one.settled or 'open'}")
    out.print(f"Bytes:   {_where(raw)}")
    if raw is not None:
        dead = judge(one, raw, now())
        said = "this version can read it: replay it" if dead is None else f"still a dead letter: {dead.detail}"
        out.print(f"Replay:  {said}")


@dead_letters_app.command()
def replay(
    letters: Ids = None,
    reason: Reasons = None,
    topic: Topics = None,
    since: Since = None,
    until: Until = None,
    every: All = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
) -> None:
    """Publish letters that this version can read again; each counts once, however often it is replayed.

    Start this version's workers first. Exit status 1 if a letter is still unreadable, or its bytes are gone.
    """
    choice = _chosen(letters, reason, topic, since, until, every)
    config = settings()
    with _client(config) as client:
        done = replayed(config, client, _those(client, choice), now, dry_run=dry_run)
    out.print(f"{done.events:,} {'would be replayed' if dry_run else 'replayed'}.")
    _report_others(done)
    if not done.whole:
        raise typer.Exit(FAILED)


@dead_letters_app.command()
def discard(
    letters: Ids = None,
    reason: Reasons = None,
    topic: Topics = None,
    since: Since = None,
    until: Until = None,
    every: All = False,
) -> None:
    """Remove letters from the list and from Data health for good. Their bytes stay as long as Kafka keeps them."""
    choice = _chosen(letters, reason, topic, since, until, every)
    with _client(settings()) as client:
        # A letter that was replayed stays marked as replayed, even if named here.
        found = [one for one in _those(client, choice) if not one.settled]
        settle(client, found, "discarded", now())
    out.print(f"{len(found):,} discarded.")


@dead_letters_app.command()
def resume() -> None:
    """Let workers continue after too many dead letters have stopped them (FUNNEL_DEAD_LETTER_FUSE)."""
    config = settings()
    with _client(config) as client:
        blown = resume_reading(client, now())
    if not blown:
        out.print("Nothing to resume: the fuse has not blown.")
        return
    out.print("Workers continue once they are started again.")
    if StackFolder(config.data_dir).is_supervised():
        out.print("Start them: funnel down, then funnel up.")


def _report_others(done: Replayed) -> None:
    for why, number in sorted(done.still_dead.items()):
        letters = "a dead letter" if number == 1 else "dead letters"
        err.print(f"{number:,} still {letters} to this version ({why}): inspect them with show, or discard them.")
    if done.gone:
        err.print(_gone(done.gone))


def _gone(number: int) -> str:
    bytes_of = "The bytes of 1 letter are" if number == 1 else f"The bytes of {number:,} letters are"
    return f"{bytes_of} gone from Kafka, so it cannot be replayed: poll or import the lost data again, then discard."


def _where(raw: Raw | None) -> str:
    if raw is None:
        return "gone from Kafka: it cannot be replayed"
    return f"{len(raw.value or b''):,} bytes, {raw.found}; print them with --payload"


def _said(one: Letter) -> dict[str, object]:
    return {
        "id": str(one.place),
        **one.place._asdict(),
        "written_at": format_instant(one.written_at),
        "reason": one.reason,
        "detail": one.detail,
        "settled": one.settled,
    }


def _chosen(
    letters: list[str] | None,
    reason: list[Reason] | None,
    topic: list[str] | None,
    since: str | None,
    until: str | None,
    every: bool,
) -> Choice:
    choice = _choice(letters, reason, topic, since, until, with_settled=bool(letters))
    if choice == _choice() and not every:
        give_up("say which: an ID, --reason, --topic, --since, --until, or --all.", WRONG_USE)
    return choice


def _choice(
    letters: Sequence[str] | None = None,
    reason: Sequence[Reason] | None = None,
    topic: Sequence[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    *,
    with_settled: bool = False,
) -> Choice:
    return Choice(
        places=[_read("ID", parse_place, one) for one in letters or ()],
        reasons=[one.value for one in reason or ()],
        topics=[_read("--topic", parse_topic, one) for one in topic or ()],
        since=None if since is None else _read("--since", parse_at, since),
        until=None if until is None else _read("--until", parse_at, until),
        with_settled=with_settled,
    )


def _those(client: Client, choice: Choice) -> list[Letter]:
    """The letters. Ends the command if a named one does not exist."""
    found = find(client, choice)
    known: set[Place] = {one.place for one in found}
    for place in choice.places:
        if place not in known:
            give_up(f"{place}: there is no such dead letter; funnel dead-letters list shows them.", WRONG_USE)
    return found


def _read(option: str, parse: Callable[[str], Value], text: str) -> Value:
    try:
        return parse(text)
    except ValueError as error:
        give_up(f"{option} {text}: {error}", WRONG_USE)


@contextmanager
def _client(config: Settings) -> Iterator[Client]:
    client = connect(config, user="writer")
    try:
        yield client
    finally:
        client.close()
