"""The current rules from the files: a changed file is read again; while it is broken, the last valid rules stay."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from connectors.business.read import CATALOGUE, EXCLUSIONS, FILES, NOTES, SOURCES, Business, Folder
from connectors.toolkit.marked import FileError, RuleError

SHEET_EVERY_SECONDS = 60.0
"""How often a published sheet of overrides is fetched."""
_FIELD = {CATALOGUE: "catalogue", SOURCES: "sources", EXCLUSIONS: "exclusions", NOTES: "notes"}


@dataclass(slots=True)
class _File:
    looked: str = ""
    """The fingerprint at the last check."""
    taken: str = ""
    """The fingerprint of the last version read, valid or not."""
    refused: bool = False
    """Whether it is valid but cannot be used."""
    fault: str = ""
    """What is wrong with it, as reported; empty: nothing."""


@dataclass(slots=True)
class Rules:
    """Call `look` regularly; `now` holds the last valid rules."""

    folder: Folder
    say: Callable[[str], None]
    now: Business = field(default_factory=Business)
    _files: dict[str, _File] = field(default_factory=lambda: {name: _File() for name in FILES})
    _sheet_at: float = 0.0

    @property
    def fault(self) -> str:
        """What is wrong with the files now; empty: nothing."""
        return "; ".join(file.fault for file in self._files.values() if file.fault)

    def look(self, clock: float) -> None:
        """Reads changed files. `clock`: monotonic seconds. A changed file is read at the second check that finds it
        unchanged: an editor may still be writing or replacing it.
        """
        sheet_due = clock >= self._sheet_at
        if sheet_due:
            self._sheet_at = clock + SHEET_EVERY_SECONDS
            sheet_due = self.folder.sheet_address() is not None
        for name, file in self._files.items():
            seen = self.folder.fingerprint(name)
            steady, file.looked = seen == file.looked or not file.taken, seen
            if steady and (seen != file.taken or (name == CATALOGUE and sheet_due and not file.refused)):
                file.taken, file.refused = seen, False
                self._take(name, file)

    def refuse(self, error: RuleError) -> None:
        """Stops applying the file until it is changed: what the store holds of it stays."""
        name = Path(error.file).name
        self._files[name].fault, self._files[name].refused = str(error), True
        self.now = replace(self.now, **{_FIELD[name]: None})
        self.say(f"{error}\n{name}: {self._kept(name)}")

    def _take(self, name: str, file: _File) -> None:
        try:
            parsed: Any = self.folder.parser(name)()
        except FileError as error:
            if str(error) != file.fault:
                file.fault = str(error)
                self.say(f"{error}\n{name}: {self._kept(name)}")
            return
        if file.fault:
            file.fault = ""
            self.say(f"{name}: valid again")
        if parsed != getattr(self.now, _FIELD[name]):
            self.now = replace(self.now, **{_FIELD[name]: parsed})

    def _kept(self, name: str) -> str:
        known = getattr(self.now, _FIELD[name]) is not None
        return "the last valid version stays in force" if known else "nothing of it is applied until it is corrected"
