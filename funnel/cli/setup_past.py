"""What `funnel setup` does about the past: backfills, files, and drafts of rules from what they found."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from connectors.business.read import Folder
from connectors.business.sources import SourceRules
from connectors.pipeline.polling import poll_once
from connectors.pipeline.publish import PublishError
from connectors.pipeline.state import StateError
from connectors.poll import Span
from connectors.registry import connector
from connectors.settings import BusinessSettings, SettingsError, connector_settings
from connectors.toolkit.io.http import ON_REQUEST, ServiceError
from connectors.toolkit.marked import FileError
from contract.instants import DAY
from funnel.business.explain import Unsorted, unsorted
from funnel.business.store import Store
from funnel.cli.bars import Bars, bars_on
from funnel.cli.console import err, out
from funnel.cli.report import report
from funnel.cli.setup_files import Files
from funnel.report import kept
from funnel.setup import proposals, world
from funnel.setup.errors import SetupError
from funnel.setup.steps import Facts
from process.clock import now
from process.files import write_atomically
from streams.lag import LagError, wait_until_caught_up

_CAUGHT_UP_SECONDS = 300.0
_SHOWN_SECONDS = 30.0
_UNSORTED = "SELECT countIf(NOT sorted) FROM sources FINAL WHERE source_group NOT IN ('', 'No source given')"
_LOOK_SECONDS = 0.2
_SHOWN = 3


class Past:
    """Everything before now."""

    def __init__(self, files: Files, days: int) -> None:
        self._files = files
        self._days = days

    def read(self, names: Sequence[str]) -> bool:
        """Reads these services and the files. False: something of it failed, and was said."""
        done = [*map(self._backfill, names), *self._files.import_all()]
        config = world.reread()
        with err.status("waiting for the workers") as status:
            try:
                wait_until_caught_up(config, _CAUGHT_UP_SECONDS, status.update)
            except LagError as error:
                raise SetupError(str(error)) from error
        client = world.connected(config)
        if client is None:
            raise SetupError("ClickHouse does not answer: look at funnel status, then run funnel setup again")
        if not world.count(client, "SELECT count() FROM webinars FINAL"):
            out.print(
                f"  No webinar was found in the last {self._days} days. Do the credentials belong to the account that "
                "holds them? funnel setup --days 365 looks further back; files of older ones can be imported."
            )
            return False
        at = now()
        _wait_until(lambda: kept.complete_until(client) >= at)
        if done:
            out.print("  The first own numbers (funnel report shows all):")
            report(limit=_SHOWN)
        return all(done)

    def propose(self, facts: Facts) -> None:
        """Writes the files of rules that do not exist yet."""
        config = world.reread()
        if not facts.runs and not facts.elsewhere:
            out.print("  waits for the first webinars")
            return
        client = connect(config, user="writer")
        if not world.count(client, "SELECT count() FROM webinars FINAL"):
            out.print("  waits for the first webinars")
            return
        said, titles, sources = BusinessSettings(), _titles(client), _sources(client)
        for line in proposals.found(titles, [(one.group, one.persons) for one in sources]):
            out.print(f"  {line}")
        texts = {
            "catalogue.yaml": proposals.catalogue_text(titles),
            "sources.yaml": proposals.sources_text([(one.rule, one.persons) for one in sources]),
        }
        for name in facts.rule_files:
            path = said.business_dir / name
            if path.exists():
                out.print(f"  {path} exists and stays as it is")
                continue
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, texts[name])
                Folder(said.business_dir, said.hash_secret.get_secret_value()).parser(name)()
            except OSError as error:
                raise SetupError(f"{path} cannot be written ({error.strerror}): change its owner") from error
            except FileError as error:
                path.unlink()
                raise SetupError(f"no rules could be proposed: {error}") from error
            out.print(f"  {path}: a draft, which counts already. Edit it: saved changes count within seconds")
        if len(sources) <= proposals.MOST:
            _wait_until(lambda: not world.count(client, _UNSORTED))

    def _backfill(self, name: str) -> bool:
        one, settings = connector(name), connector_settings()
        since = now() - self._days * DAY
        first = datetime.fromtimestamp(since / 1000, UTC)
        out.print(
            f"  {one.title}: reading webinars since {first:%a} {first.day} {first:%b %Y}. No public address is needed"
        )
        told = {""}

        def tell(_: str, trouble: str) -> None:
            if trouble not in told:
                told.add(trouble)
                err.print(f"    {trouble}")

        token = ON_REQUEST.set(tell)
        try:
            with bars_on(err) as progress:
                polled = poll_once(one, settings, Span(since), Bars(progress), lambda line: err.print(f"    {line}"))
        except (ServiceError, PublishError, StateError, SettingsError) as error:
            err.print(f"  {one.title}: {error} What was read stays; funnel setup reads on.", style="red")
            return False
        finally:
            ON_REQUEST.reset(token)
        out.print(f"  {one.title}: {polled.events:,} events published, {polled.rejected:,} pieces rejected")
        if polled.rejected:
            err.print("  See what was rejected: funnel connectors quarantine")
        return True


def _wait_until(shown: Callable[[], bool]) -> None:
    """Waits until the pages show what was done: within seconds, and if not, they say so themselves."""
    deadline = time.monotonic() + _SHOWN_SECONDS
    while not shown() and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)


def _titles(client: Client) -> list[str]:
    return [str(title) for (title,) in client.query("SELECT title FROM catalogue WHERE title != ''").result_rows]


def _sources(client: Client) -> Sequence[Unsorted]:
    store = Store(client)
    return unsorted(store.sources(), store.source_counts(), SourceRules())
