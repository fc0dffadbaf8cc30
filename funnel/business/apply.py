"""Brings the store in line with the business's decisions; if it already is, it only reads and writes nothing."""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Protocol

from connectors.business.catalogue import Catalogue
from connectors.business.notes import Note
from connectors.business.sources import SourceRules
from connectors.business.statements import in_effect, read, statements
from contract.events import Event
from funnel.business.lists import DomainRow, NoteRow, domain_rows, note_rows, source_rows
from funnel.business.store import Known, Store
from process.clock import now

RECHECK_SECONDS = 60.0
"""How often it is checked whether a service states something new about a field that the catalogue has reset."""


class Sends(Protocol):
    """The part of connectors.pipeline.publish.Publisher that is used here."""

    def send(self, event: Event) -> None: ...

    def flush(self) -> None: ...


class Sources:
    """Keeps the groups of all stored sources in line with the rules; notices new sources."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._done: tuple[SourceRules, tuple[int, int]] | None = None

    def apply(self, rules: SourceRules) -> int:
        """Returns the number of sources whose group changed. Cheap if neither the rules nor the sources changed."""
        mark = self._store.sources_mark()
        if self._done == (rules, mark):
            return 0
        stored = self._store.sources()
        rows = list(source_rows(stored, rules, 1 + max((row.version for row in stored), default=0)))
        self._store.write("sources", rows)
        if not rows:
            self._done = rules, mark
        return len(rows)


def apply_exclusions(store: Store, excluded: Set[str]) -> int:
    """Returns the number of domains that are now excluded, or no longer."""
    rows: list[DomainRow] = list(domain_rows(store.domains(), excluded, 1 + store.greatest_version("excluded_domains")))
    store.write("excluded_domains", rows)
    return len(rows)


def apply_notes(store: Store, notes: Sequence[Note]) -> int:
    """Returns the number of notes that are new or gone."""
    rows: list[NoteRow] = list(note_rows(store.notes(), notes, 1 + store.greatest_version("notes")))
    store.write("notes", rows)
    return len(rows)


class Labels:
    """Keeps the catalogue's labels of all webinars in effect; notices new webinars and new statements of services."""

    def __init__(self, store: Store, publisher: Callable[[], Sends]) -> None:
        """`publisher` is called when there is something to publish."""
        self._store = store
        self._publisher = publisher
        self._catalogue: Catalogue | None = None
        self._seen: dict[str, int] = {}
        # Webinars whose log has to be read regularly, and when that is due.
        self._unsettled: set[str] = set()
        self._recheck_at = 0.0
        self._sent: set[str] = set()

    def apply(self, catalogue: Catalogue) -> int:
        """Returns the number of statements published."""
        versions = self._store.webinar_versions()
        if catalogue != self._catalogue:
            self._catalogue, self._seen = catalogue, {}
        changed = {webinar_id for webinar_id, version in versions.items() if self._seen.get(webinar_id) != version}
        if time.monotonic() >= self._recheck_at:
            changed |= self._unsettled
            self._recheck_at = time.monotonic() + RECHECK_SECONDS
        if not changed:
            return 0
        known = {one.webinar.webinar_id: one for one in self._store.webinars(sorted(changed))}
        doubtful = [webinar_id for webinar_id, one in known.items() if not _settled(one, catalogue)]
        events = self._said(known, doubtful, catalogue)
        if events:
            publisher = self._publisher()
            for event in events:
                publisher.send(event)
            publisher.flush()
        self._sent.update(event.event_id for event in events)
        self._unsettled = (self._unsettled - changed) | set(doubtful)
        self._seen.update((webinar_id, one.version) for webinar_id, one in known.items())
        return len(events)

    def _said(self, known: Mapping[str, Known], webinar_ids: Sequence[str], catalogue: Catalogue) -> list[Event]:
        received_at = now()
        events: list[Event] = []
        for webinar_id, log in self._store.log(webinar_ids).items():
            said = [read(one) for one in log]
            decided = catalogue.decide(known[webinar_id].webinar)
            events += statements(webinar_id, said, decided, received_at)
        # Until workers have stored them, the log lacks the new statements, and the same ones are produced again.
        return [event for event in events if event.event_id not in self._sent]


def _settled(one: Known, catalogue: Catalogue) -> bool:
    return in_effect([read(said) for said in one.statements], catalogue.decide(one.webinar))
