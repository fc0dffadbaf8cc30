"""Plays the day through the connectors, kills the worker of its main webinar, and shows the funnel while it runs."""

import math
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from clickhouse_connect.driver.client import Client
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.rule import Rule

from connectors.pipeline.publish import Publisher
from connectors.simulator.day import Arrival, Post
from connectors.simulator.play import play
from contract.instants import DAY, MINUTE, SECOND, format_instant
from funnel.demo.owner import Worker, owner
from funnel.demo.place import webhooks, write_rules
from funnel.demo.script import LIVE_SPEED, Script
from funnel.demo.send import PostError, Sender
from funnel.report import watch
from funnel.stack import commands
from funnel.stack.errors import StackError
from streams.settings import Settings

_FRAME_EVERY, _LINE_EVERY = MINUTE, 4 * MINUTE
"""Simulated time between two updates in a terminal, and between two lines in a log."""
_LATE_SECONDS = 1.0
_TAKEOVER_SECONDS = 30.0
_POLL_SECONDS = 0.2
_NOT_BELIEVED = 401

Say = Callable[[str], None]


class Killing:
    """Kills the worker of the webinar once, and finds its successor."""

    def __init__(self, settings: Settings, script: Script, say: Say) -> None:
        self._settings = settings
        self._script = script
        self._say = say
        self._killed: Worker | None = None
        self._killed_at = 0.0
        self.taken_over = False

    def look(self, at: int) -> None:
        """Call it as simulated time advances. During a rebalance there is no owner to kill."""
        if self._killed is None:
            if at >= self._script.kill_at:
                self._kill()
        elif not self.taken_over:
            self._look_for_successor(self._killed)

    def finish(self) -> None:
        """Waits until another worker has taken over. Raises StackError if none does."""
        deadline = time.monotonic() + _TAKEOVER_SECONDS
        while not self.taken_over:
            if time.monotonic() > deadline:
                raise StackError(f"no worker has the webinar's partition after {_TAKEOVER_SECONDS:.0f} s")
            self.look(self._script.kill_at)
            time.sleep(_POLL_SECONDS)

    def _kill(self) -> None:
        worker = owner(self._settings, self._script.webinar_id)
        if worker is None:
            return
        commands.kill_child(self._settings, worker.name)
        self._killed, self._killed_at = worker, time.monotonic()
        self._say(
            f"Killed {worker.name} (pid {worker.pid}, SIGKILL), which owned the webinar's partition. Until Kafka "
            "notices (after 6 s) and gives its partitions to another worker, its new events wait there."
        )

    def _look_for_successor(self, killed: Worker) -> None:
        now = owner(self._settings, self._script.webinar_id)
        if now is not None and now.pid != killed.pid:
            self.taken_over = True
            seconds = time.monotonic() - self._killed_at
            who = f"{now.name} (pid {now.pid}"
            who += ", started again by the supervisor)" if now.name == killed.name else ")"
            self._say(f"After {seconds:.0f} s {who} has taken the partition over and catches up.")


class Pace:
    """Whether simulated time is behind the wall clock: a slow machine then shows less, but takes no longer."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._began: float | None = None

    def is_late(self, at: int) -> bool:
        """Call it as simulated time advances; the first call is never late."""
        now = time.monotonic()
        due = (at - self._first) / SECOND / LIVE_SPEED
        if self._began is None:
            self._began = now - due
        return now - self._began > due + _LATE_SECONDS


def play_live(settings: Settings, client: Client, script: Script, console: Console) -> None:
    """Plays the whole day. Raises StackError, PublishError, PostError, ClickHouse's errors."""
    screen = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def say(text: str) -> None:
        console.print(f"  {text}", soft_wrap=not console.is_terminal)

    killing = Killing(settings, script, say)
    context: AbstractContextManager[object] = screen if screen is not None else nullcontext()

    def show(at: int) -> None:
        if screen is not None:
            screen.update(picture(client, script, at, settings.full_percent), refresh=True)
        else:
            for line in lines(client, script, at, settings.full_percent):
                console.print(line, soft_wrap=True)

    pace = Pace(script.live[0].at)

    def on_minutes(at: int) -> None:
        if not pace.is_late(at):
            show(at)
        killing.look(at)

    with Publisher(settings) as publisher, Sender(publisher, *webhooks()) as sender, context:
        _forge(sender, script, say)
        _play(sender, script.before, DAY, lambda _: None)
        _add_the_rule(client, script, say)
        show(script.live[0].at)
        _play(sender, script.live, _FRAME_EVERY if screen else _LINE_EVERY, on_minutes, LIVE_SPEED)
        killing.finish()
        _play(sender, script.after, DAY, show)


def _forge(sender: Sender, script: Script, say: Say) -> None:
    """Posts a request that Zoom has not signed. Raises PostError if it is accepted."""
    post = next(one for one in script.arrivals if isinstance(one, Post) and one.service == "zoom")
    status = sender.forge(post)
    if status != _NOT_BELIEVED:
        raise PostError(f"a forged post was answered with {status}")
    say(f"A post that Zoom has not signed: refused ({status}).")


def _add_the_rule(client: Client, script: Script, say: Say) -> None:
    """Until now no rule gave the form a webinar: its registrations wait, and are published once there is one.

    Raises StackError if they do not.
    """
    waiting = until(lambda: _waiting(client), "registrations wait for a rule")
    path = write_rules(script.rules)
    say(
        f"{waiting:,} registrations came by a form that no rule gives a webinar: they wait. Now {path.name} has a rule."
    )
    began = time.monotonic()
    until(lambda: not _waiting(client), "the registrations that waited are published")
    say(f"After {time.monotonic() - began:.1f} s all of them are published.")


def _waiting(client: Client) -> int:
    asked = "SELECT sum(waiting) FROM quarantine(at = now64(3)) WHERE reason = 'unmapped_form'"
    return int(client.query(asked).result_rows[0][0])


def until(condition: Callable[[], int], what: str) -> int:
    """Waits for the condition, and returns its value. Raises StackError if it does not become true in time."""
    deadline = time.monotonic() + _TAKEOVER_SECONDS
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise StackError(f"not within {_TAKEOVER_SECONDS:.0f} s: {what}")
        time.sleep(_POLL_SECONDS)
    return found


def picture(client: Client, script: Script, at: int, full_percent: int) -> RenderableType:
    """The funnel at the simulated time, as a rich renderable."""
    return Group(
        Rule(f"{format_instant(at)[11:16]} simulated time", align="left", style="dim"),
        watch.frame(client, at, [script.webinar_id], full_percent),
    )


def lines(client: Client, script: Script, at: int, full_percent: int) -> list[str]:
    """The same for a log."""
    moment = watch.look(client, at, [script.webinar_id])
    clock = format_instant(at)[11:16]
    return [
        f"  {clock}  {watch.line(one, full_percent).removeprefix(script.webinar_id).strip()}" for one in moment.webinars
    ]


def _play(
    sender: Sender,
    arrivals: Sequence[Arrival],
    interval: int,
    on_interval: Callable[[int], None],
    speed: float = math.inf,
) -> None:
    play(sender, arrivals, speed=speed, interval=interval, on_interval=on_interval)
