"""The business's file `forms.yaml`: read again when it changes, without a restart."""

from collections.abc import Sequence
from pathlib import Path

from connectors.forms.parse import parse_rules
from connectors.forms.rules import Rule
from connectors.toolkit.io.text_file import text_of
from connectors.toolkit.marked import FileError

FILE_NAME = "forms.yaml"


class RulesFile:
    """`<business folder>/forms.yaml`. A missing file has no rules; with a broken one the last valid rules stay."""

    def __init__(self, business_dir: Path) -> None:
        self.path = business_dir / FILE_NAME
        self.rules: Sequence[Rule] = ()
        self.version = 0
        """Increases with every change of `rules`."""
        self.error = ""
        """One line about what is wrong with the file now; empty: nothing."""
        self._seen: tuple[int, ...] | None = (0,)

    def refresh(self) -> bool:
        """Reads the file if it has changed since the last check; returns whether `rules` or `error` changed."""
        seen = self._look()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.rules = parse_rules(text_of(self.path) or "", str(self.path))
        except FileError as error:
            self.error = error.in_one_line
            return True
        self.error = ""
        self.version += 1
        return True

    def _look(self) -> tuple[int, ...] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
