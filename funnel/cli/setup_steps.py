"""The steps of `funnel setup`: each asks, checks and acts; what is done already is seen in the state of the world."""

import os
import secrets
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from connectors.connector import Connector
from connectors.registry import connectors
from connectors.settings import SettingsError, connector_settings
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.marked import FileError
from funnel.cli.console import err, out
from funnel.cli.setup_files import Files, wrong_path
from funnel.cli.setup_past import Past
from funnel.setup import questions, world
from funnel.setup.answers import FileAnswers, parse
from funnel.setup.asker import Asker
from funnel.setup.errors import SetupError
from funnel.setup.known import unknown
from funnel.setup.machine import troubles
from funnel.setup.missing import missing
from funnel.setup.services import asked_values, tried
from funnel.setup.steps import STEPS, Facts
from funnel.stack import commands
from funnel.stack.grafana.settings import grafana_settings
from funnel.stack.java import find_java
from funnel.stack.ports import LOOPBACK
from process.clock import now


class Prepared(NamedTuple):
    """A file of answers."""

    by_key: Mapping[str, str]
    files: tuple[FileAnswers, ...]
    days: int


def offered() -> list[Connector]:
    """The services that setup can connect."""
    return [one for one in connectors() if one.asks]


def answered(path: Path) -> Prepared:
    """The answers of the file. Raises FileError, SetupError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: {getattr(error, 'strerror', None) or 'no UTF-8 text'}. Look at the name.") from error
    said = parse(text, str(path), tuple(one.name for one in offered()))
    for file in said.files:
        if why := wrong_path(file.path):
            raise SetupError(f"{path}: files: {why}")
    named = [*said.services, *([questions.FILES] if said.files else [])]
    by_key = {"services": ", ".join(named) or questions.NONE, "start": said.start, "rules": said.rules}
    by_key |= {} if said.timezone is None else {"timezone": said.timezone}
    by_key |= {f"services.{name}.{key}": value for name, keys in said.services.items() for key, value in keys.items()}
    return Prepared(by_key, said.files, said.days)


class Setup:
    """One run. It may end at any point."""

    def __init__(self, asker: Asker, files: Sequence[FileAnswers], days: int, *, opens: bool) -> None:
        self._asker = asker
        self._opens = opens
        self._files = Files(asker, files)
        self._before = Past(self._files, days)
        self._facts = Facts()
        self._complete = True

    def all(self) -> bool:
        """Every step. False: something has to be done again. Raises SetupError and other explained errors."""
        out.print("Webinar Funnel: setup. Ctrl-C ends it; funnel setup then continues where it ended.")
        world.require_writable()
        world.require_own_data(world.reread())
        for number, step in enumerate(STEPS, 1):
            config = world.reread()
            self._facts = world.facts(config)
            done = step.done(self._facts)
            out.print(f"\n{number} of {len(STEPS)}  {step.title}{f': {done}' if done else ''}")
            act = getattr(self, f"_{step.name}")
            if not done or step.name in ("services", "past", "pages"):
                act()
        return self._complete

    def _machine(self) -> None:
        config = world.reread()
        if found := troubles(config):
            raise SetupError("\n".join(found))
        out.print(f"  Java {find_java().version} is there, ports and disk are free: {config.data_dir.resolve()}")

    def _settings(self) -> None:
        known = self._facts.settings
        values = {}
        if "FUNNEL_DEFAULT_TIMEZONE" not in known:
            zone = self._asker.ask(questions.of_zone(world.zone_here()))
            values = {"FUNNEL_DEFAULT_TIMEZONE": zone, "FUNNEL_ALERT_TIMEZONE": zone}
        if "FUNNEL_HASH_SECRET" not in known:
            values["FUNNEL_HASH_SECRET"] = secrets.token_hex(32)
        world.write_env({name: value for name, value in values.items() if name not in known})
        config = world.reread()
        try:
            connector_settings()
        except SettingsError as error:
            raise SetupError(str(error)) from error
        world.note_secret(config)
        out.print(f"  .env has {', '.join(values)}; only you can read it.")
        out.print("  Keep FUNNEL_HASH_SECRET: with another one the same people get other ids.")
        for line in unknown(world.read_env()):
            err.print(f"  {line}")

    def _services(self) -> None:
        known = offered()
        names = [*(one.name for one in known), questions.FILES]
        again = bool(self._facts.services) or self._facts.webinars > 0
        if self._asker.is_person and not again:
            for one in known:
                out.print(f"  {one.name:<10} {one.title}: {_reports(one)}")
            out.print(f"  {questions.FILES:<10} CSV or Excel files that you have, also reports of Zoom's")
            out.print("  Google Sheets and other form services: docs/services says how to connect them.")
        for name in questions.chosen(self._asker.ask(questions.of_services(names, again=again))):
            if name == questions.FILES:
                self._files.ask()
            else:
                self._connect(next(one for one in known if one.name == name))

    def _connect(self, one: Connector) -> None:
        out.print(f"  {one.title}. docs/services/{one.name}.md says what to click.")
        known, again = self._facts.settings, False
        while True:
            values = asked_values(one, self._asker, known, again=again)
            try:
                with err.status(f"asking {one.title}"):
                    said = tried(one, values)
                break
            except (ServiceError, SettingsError) as error:
                if not self._asker.is_person:
                    raise SetupError(f"{one.name}: {error} Nothing of it was written into .env.") from error
                err.print(f"    {error}", style="red")
                words = ("again", "keep", "skip")
                ways = "again: other values; keep: write them into .env all the same; skip: without this service"
                asked = questions.one_of("failed", "What now", words, "again", ways)
                way = questions.meant(self._asker.ask(asked), words)
                if way == "skip":
                    return
                if way == "keep":
                    said, self._complete = f"{one.title}: not checked", False
                    break
                again = True
        world.write_env({name: value for name, value in values.items() if known.get(name) != value})
        out.print(f"  {said.rstrip('.')}. Its values are in .env.")
        for made in one.asks:
            if made.made:
                out.print(f"  {made.setting} in .env was made up. {made.where}")

    def _stack(self) -> None:
        if not self._asker.is_person and self._asker.ask(questions.yes_or_no("start", "Start")) == "no":
            out.print("  not started, as the answers say. funnel up starts it; funnel setup then reads the past.")
            return
        config = world.reread()
        if self._facts.runs:
            out.print("  .env has changed since the start: stopping, to start with the new settings")
            commands.down(config)
        commands.up(config, grafana=grafana_settings(), console=err)

    def _past(self) -> None:
        if not self._facts.runs and not self._facts.elsewhere:
            out.print("  waits for the start: funnel up, then funnel setup")
            return
        self._complete &= self._before.read([one for one in self._facts.polled if one not in self._facts.backfilled])

    def _rules(self) -> None:
        if not self._asker.is_person and self._asker.ask(questions.yes_or_no("rules", "Propose")) == "no":
            return
        self._before.propose(self._facts)

    def _pages(self) -> None:
        config = world.reread()
        client = world.connected(config)
        if client is not None:
            steps = world.home_steps(client)
            lines = list(missing(steps, has_webhooks=_takes_webhooks(), live=_could_be_live(self._facts)))
            if lines:
                out.print("  Still missing:")
            for line in lines:
                out.print(f"    {line}")
        address = commands.dashboards_address(commands.status(config), grafana_settings().funnel_grafana_url)
        out.print(f"  The pages: {address or 'not running; funnel up starts them'}")
        if address.startswith(f"http://{LOOPBACK}:") and not _has_screen():
            port = address.rpartition(":")[2]
            tunnel = f"ssh -N -L {port}:{LOOPBACK}:{port} THIS-MACHINE"
            out.print(f"  From another machine: {tunnel}, then the same address there")
        elif address and self._opens and self._asker.is_person and sys.stdout.isatty():
            webbrowser.open(address)


def _has_screen() -> bool:
    """Whether a browser could open a window; without one it would take the terminal."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _reports(one: Connector) -> str:
    return "registrations only" if one.capabilities is None else "registrations and attendance"


def _takes_webhooks() -> bool:
    return any(_trials(one) for one in connectors())


def _trials(one: Connector) -> bool:
    try:
        return one.trials is not None and bool(one.trials(now()))
    except (SettingsError, FileError):
        return False


def _could_be_live(facts: Facts) -> list[str]:
    """Polled services whose webhooks are not set up."""
    said = facts.settings
    return [
        one.name
        for one in offered()
        if one.name in facts.polled and any(ask.optional and ask.setting not in said for ask in one.asks)
    ]
