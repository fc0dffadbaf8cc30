"""Reads and checks the business's files, each on its own, so that a broken one does not hold up the others."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from connectors.business.catalogue import Catalogue, Labels, catalogue, parse
from connectors.business.exclusions import excluded_domains
from connectors.business.notes import Note, notes
from connectors.business.overrides import overrides
from connectors.business.sources import SourceRules, source_rules
from connectors.toolkit.io.http import Http, ServiceError
from connectors.toolkit.io.text_file import text_of
from connectors.toolkit.marked import MOST_CHARACTERS, FileError, Marked, Place, read

CATALOGUE, SOURCES, EXCLUSIONS, NOTES = FILES = ("catalogue.yaml", "sources.yaml", "exclusions.yaml", "notes.yaml")
SHEET_SECONDS = 5.0
"""Time limit of one attempt to fetch a sheet: nothing else is checked meanwhile."""
_ADDRESS = re.compile(r"https://|http://(127\.0\.0\.1|localhost)[:/]", re.IGNORECASE)

Sheet: TypeAlias = Mapping[str, tuple[Labels, Place]]
Parsed: TypeAlias = Catalogue | SourceRules | Mapping[str, Place] | Sequence[Note]


@dataclass(frozen=True, slots=True)
class Business:
    """The business's decisions. None: not known, because its file has never been valid; nothing is changed then."""

    catalogue: Catalogue | None = None
    sources: SourceRules | None = None
    exclusions: Mapping[str, Place] | None = None
    notes: Sequence[Note] | None = None


class Folder:
    """The folder FUNNEL_BUSINESS_DIR. A missing file decides nothing."""

    def __init__(self, path: Path, secret: str | None) -> None:
        """`secret`: the key of the hashes; None: not set."""
        self._path = path
        self._secret = secret

    def exists(self) -> bool:
        """Whether the folder exists."""
        return self._path.is_dir()

    def fingerprint(self, name: str) -> str:
        """Changes whenever the file's content may have changed, including its CSV file of overrides."""
        paths = [self._path / name]
        if name == CATALOGUE:
            paths += sorted(self._path.glob("*.csv"))
        return hashlib.sha256(b"\0".join(path.name.encode() + _bytes(path) for path in paths)).hexdigest()

    def catalogue(self) -> Catalogue:
        """Raises FileError."""
        marked = self._read(CATALOGUE)
        file = parse(marked)
        source = file.overrides_from
        return catalogue(marked, file, self._sheet(marked, source) if source else {}, self._secret)

    def sheet_address(self) -> str | None:
        """The address of the published sheet of overrides, which has to be polled."""
        try:
            source = parse(self._read(CATALOGUE)).overrides_from
        except FileError:
            return None
        return source if source and _ADDRESS.match(source) else None

    def sources(self) -> SourceRules:
        """Raises FileError."""
        return source_rules(self._read(SOURCES))

    def exclusions(self) -> Mapping[str, Place]:
        """domain_id -> its place in the file. Raises FileError."""
        return excluded_domains(self._read(EXCLUSIONS), self._secret)

    def notes(self) -> Sequence[Note]:
        """Raises FileError."""
        return notes(self._read(NOTES))

    def parser(self, name: str) -> Callable[[], Any]:
        """The function that reads the file of that name."""
        return {
            CATALOGUE: self.catalogue,
            SOURCES: self.sources,
            EXCLUSIONS: self.exclusions,
            NOTES: self.notes,
        }[name]

    def all(self) -> Business:
        """All four files. Raises FileError with a line for each fault of each file."""
        faults, parsed = [], {}
        for name in FILES:
            try:
                parsed[name] = self.parser(name)()
            except FileError as error:
                faults.append(str(error))
        if faults:
            raise FileError("\n".join(faults))
        return Business(parsed[CATALOGUE], parsed[SOURCES], parsed[EXCLUSIONS], parsed[NOTES])

    def _read(self, name: str) -> Marked:
        path = self._path / name
        return read(text_of(path) or "", str(path))

    def _sheet(self, marked: Marked, source: str) -> Sheet:
        if _ADDRESS.match(source):
            try:
                with Http("the sheet of overrides", "", tries=2, timeout_seconds=SHEET_SECONDS) as http:
                    return overrides(http.text(source), "the sheet of overrides")
            except (ServiceError, ValueError) as error:
                raise marked.error(("overrides_from",), f"overrides_from: {error}") from error
        if "://" in source:
            raise marked.error(("overrides_from",), "overrides_from: an https address, or a CSV file in this folder")
        path = self._path / source
        if not path.is_file():
            raise marked.error(("overrides_from",), f"overrides_from: there is no file {path}")
        return overrides(text_of(path) or "", str(path))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return b"+" + file.read(4 * MOST_CHARACTERS + 1)
    except FileNotFoundError:
        return b"-"
    except OSError as error:
        return f"!{error.strerror}".encode()
