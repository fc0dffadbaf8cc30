"""One pass over all of an account's webinars through Zoom's REST API."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import orjson

from connectors.mapped import Context
from connectors.poll import Cursors, Outbox, Progress, Span
from connectors.settings import connector_settings
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.once import reject_once
from connectors.toolkit.wakes import woken
from connectors.zoom.client import Client, concerns_one, open_client
from connectors.zoom.memory import recall
from connectors.zoom.occurrence import SINGLE
from connectors.zoom.payload import FieldError, Fields
from connectors.zoom.reconcile import Pass, reconcile
from connectors.zoom.recordings import Recordings
from connectors.zoom.settings import ZoomSettings
from connectors.zoom.statement import CAPABILITIES, CAPABILITIES_WITHOUT_WEBHOOKS, RECORDING_VIEWS

_AHEAD = "ahead"
"""The cursor with the numbers that had upcoming occurrences: Zoom does not list deleted webinars."""

NO_RECORDINGS = (
    "Zoom's app may not read who watched recordings, so they are n/a: give it the scopes for recordings that "
    "docs/services/zoom.md lists."
)
NO_SOURCES = (
    "Zoom's app may not read tracked links, so page views are n/a and registrations lack their link: give it the scope "
    "for tracking sources that docs/services/zoom.md lists."
)
_MISSING_SCOPES = {"recordings_not_told": NO_RECORDINGS, "sources_not_told": NO_SOURCES}
"""The texts, by the cursor that stores that each was reported."""


@dataclass(frozen=True, slots=True)
class ZoomPoll:
    """connectors.poll.Poll for Zoom: plans and registrations of upcoming webinars, everything about past ones.

    Without a span it reads what the cursors do not have yet; in the first pass, everything that Zoom lists.
    """

    client: Client
    users: tuple[str, ...]
    """The users whose webinars are read; empty: all users of the account."""
    secret: str
    capabilities: tuple[str, ...] = CAPABILITIES

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        """One pass. Raises ServiceError and PublishError. A webinar that Zoom refuses does not stop the others."""
        context, again = Context(self.secret, now), span != Span()
        one = Pass(self.client, outbox, cursors, context, span, self.capabilities)
        numbers = self._numbers(one)
        recordings = Recordings(self.client, outbox, cursors, context, again)
        may_read = not numbers or self.client.may_read_recordings(numbers[0])
        may_read_links = not numbers or self.client.may_read_sources(numbers[0])
        one = replace(one, may_read_sources=may_read_links)
        if may_read:
            one = replace(one, capabilities=(*self.capabilities, RECORDING_VIEWS), recordings=recordings)
        ahead: list[str] = []
        refused: list[ServiceError] = []
        for done, number in enumerate(numbers):
            progress("webinars", done, len(numbers))
            try:
                if reconcile(number, one):
                    ahead.append(number)
            except ServiceError as error:
                if not concerns_one(error):
                    raise
                refused.append(error)
                ahead.append(number)
        progress("webinars", len(numbers), len(numbers))
        if not one.again:
            cursors.put(_AHEAD, orjson.dumps(ahead).decode())
        if may_read:
            recordings.read()
            refused += recordings.refused
        if refused:
            raise refused[0]
        if numbers:
            may_read = may_read and recordings.missing_scope is None
            _report_once(cursors, {"recordings_not_told": may_read, "sources_not_told": may_read_links})

    def _numbers(self, one: Pass) -> list[str]:
        """The numbers of the webinars to read."""
        numbers: dict[str, None] = {} if one.again else dict.fromkeys([*_ahead(one.cursors), *woken(one.cursors)])
        for user in self.users or tuple(_user_ids(self.client)):
            for row in self.client.webinars(user):
                fields = Fields(row, "webinar")
                try:
                    number, kind, start = fields.id("id"), fields.number("type"), fields.instant("start_time")
                except FieldError as error:
                    reject_once(one.outbox, one.cursors, "list", one.again, error.rejection, row)
                    continue
                if kind == SINGLE and one.again:
                    wanted = one.asked(start)
                else:
                    wanted = start is None or one.again or recall(one.cursors, number).closed != start
                if wanted:
                    numbers[number] = None
        return list(numbers)


def _report_once(cursors: Cursors, may_read: Mapping[str, bool]) -> None:
    """Raises ServiceError in the first pass without a scope; again only after it was granted.

    `may_read`: by key of _MISSING_SCOPES.
    """
    changed = [name for name, is_allowed in may_read.items() if is_allowed == bool(cursors.get(name))]
    for name in changed:
        cursors.put(name, "" if may_read[name] else "said")
    missing = [_MISSING_SCOPES[name] for name in changed if not may_read[name]]
    if missing:
        raise ServiceError(f"{' '.join(missing)} Everything else was read. This message appears once.")


def _ahead(cursors: Cursors) -> list[str]:
    kept = cursors.get(_AHEAD)
    return [str(number) for number in orjson.loads(kept)] if kept else []


def _user_ids(client: Client) -> Iterator[str]:
    for row in client.users():
        try:
            yield Fields(row, "user").id("id")
        except FieldError:
            continue


@contextmanager
def open_poll(settings: ZoomSettings) -> Iterator[ZoomPoll]:
    """A poll with its own connections. Raises SettingsError."""
    secret = connector_settings().hash_secret.get_secret_value()
    users = tuple(user.strip() for user in settings.users.split(",") if user.strip())
    capabilities = CAPABILITIES if settings.receives_webhooks else CAPABILITIES_WITHOUT_WEBHOOKS
    with open_client(settings) as client:
        yield ZoomPoll(client, users, secret, capabilities)
