"""Source groups, excluded domains and notes -> the rows to write, given the stored ones. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict
from typing import NamedTuple

from connectors.business.notes import Note
from connectors.business.sources import Decision, SourceRules
from contract.source import canonical_source, default_group
from streams.fold.lines import SourceRow


class DomainRow(NamedTuple):
    """One row of the table `excluded_domains`."""

    domain_id: str
    excluded: bool
    version: int


class NoteRow(NamedTuple):
    """One row of the table `notes`."""

    note_id: str
    noted_from: int
    noted_until: int
    minute_ms: int
    webinar_id: str
    course: str
    region: str
    source_group: str
    text: str
    exclude: bool
    listed: bool
    version: int


def decide(source: str, rules: SourceRules) -> Decision | None:
    """The rule that sorts a key of `sources`."""
    raw: dict[str, str] = json.loads(source) if source else {}
    return rules.decide(canonical_source(source), raw)


def source_rows(stored: Iterable[SourceRow], rules: SourceRules, version: int) -> Iterator[SourceRow]:
    """The sources whose group differs by the rules. `version`: greater than all stored ones."""
    for row in stored:
        decision = decide(row.source, rules)
        group = decision.group if decision else default_group(row.source)
        wanted = SourceRow(row.source, group, decision is not None, version)
        if wanted[:3] != row[:3]:
            yield wanted


def domain_rows(stored: Iterable[DomainRow], excluded: Set[str], version: int) -> Iterator[DomainRow]:
    """The domains that are now excluded, or no longer."""
    known = {row.domain_id: row.excluded for row in stored}
    for domain_id in sorted(excluded | known.keys()):
        if known.get(domain_id, False) != (domain_id in excluded):
            yield DomainRow(domain_id, domain_id in excluded, version)


def note_rows(stored: Mapping[str, NoteRow], notes: Sequence[Note], version: int) -> Iterator[NoteRow]:
    """The notes that are new, and those that are no longer in the file."""
    wanted = {note.note_id: note for note in notes}
    for note_id, note in wanted.items():
        if note_id not in stored or not stored[note_id].listed:
            yield NoteRow(note_id=note_id, **asdict(note), listed=True, version=version)
    for note_id, row in stored.items():
        if row.listed and note_id not in wanted:
            yield row._replace(listed=False, version=version)
