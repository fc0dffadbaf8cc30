"""A file of people to forget -> their emails: a list, a CSV file, or the first sheet of a workbook."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.email_address import EmailError, clean_email
from connectors.toolkit.io.file_rows import read_rows
from connectors.toolkit.rows import RowRejection
from process.errors import ExplainedError

_NAMED = re.compile(r"\W*e-?mail([ _-]?address)?\W*", re.IGNORECASE)
_SHOWN = 5


class PeopleFileError(ExplainedError):
    """The file does not say for sure whom. A line for each fault, without its content."""


def emails_in(path: Path) -> list[str]:
    """The emails, each once, in the order of the file. Raises PeopleFileError."""
    try:
        found = list(dict.fromkeys(_Reading(path.name).emails(path)))
    except (UnreadableFileError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise PeopleFileError(f"{path}: {said}") from error
    if not found:
        raise PeopleFileError(f"{path}: it has no email address")
    return found


class _Reading:
    def __init__(self, name: str) -> None:
        self._name = name
        self._column: int | None = None
        """Of the emails, if a header names one."""
        self._has_header = False
        self._any = False

    def emails(self, path: Path) -> Iterator[str]:
        faults = []
        for row in read_rows(path):
            if isinstance(row, RowRejection):
                faults.append(f"{self._name}:{row.line}: {row.reason}")
                continue
            try:
                yield from self._of(row.cells)
            except ValueError as error:
                faults.append(f"{self._name}:{row.line}: {error}")
        if faults:
            more = [f"and {len(faults) - _SHOWN} more lines"] if len(faults) > _SHOWN else []
            raise PeopleFileError("\n".join([*faults[:_SHOWN], *more, "Nobody was forgotten: correct the file."]))

    def _of(self, cells: Sequence[str]) -> list[str]:
        """Of a row. Raises ValueError if it does not say whom."""
        said = [cell for cell in cells if cell.strip()]
        if not said:
            return []
        found = [address for cell in said if (address := _address(cell))]
        if not found and not self._any and not self._has_header and "@" not in "".join(said):
            self._has_header = True
            named = [place for place, cell in enumerate(cells) if _NAMED.fullmatch(cell)]
            self._column = named[0] if len(named) == 1 else None
            return []
        self._any = True
        if self._column is not None:
            found = [address for cell in cells[self._column : self._column + 1] if (address := _address(cell))]
        elif len(set(found)) > 1 and (self._has_header or len(found) < len(said)):
            # One of them may be somebody else's, such as the owner's of a contact.
            raise ValueError("several email addresses: keep the column of the people to forget, or title it Email")
        if not found:
            raise ValueError("no email address")
        return found


def _address(text: str) -> str | None:
    try:
        return clean_email(text)
    except EmailError:
        return None
