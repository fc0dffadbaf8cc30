"""The files of `funnel setup`: reports of Zoom's, and tables whose mapping it drafts."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from connectors.table.suggest import suggest
from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.io.file_rows import read_rows
from connectors.toolkit.rows import Row
from contract.instants import parse_instant
from funnel.cli.console import err, out
from funnel.cli.import_files import zoom_report
from funnel.cli.import_table import table
from funnel.setup import questions, tables, world
from funnel.setup.answers import FileAnswers
from funnel.setup.asker import Asker
from funnel.setup.errors import SetupError
from process.files import write_atomically

_DRAFT_ROWS = 200
_ORDERS = ("day-first", "month-first")


class Files:
    """What there is to import."""

    def __init__(self, asker: Asker, files: Sequence[FileAnswers]) -> None:
        self._asker = asker
        self._files = list(files)
        self._before = FileAnswers(path="none")

    def import_all(self) -> Iterator[bool]:
        """Imports them one after the other; whether each ended well. What is wrong, is said."""
        return map(self._import, self._files)

    def ask(self) -> None:
        """Asks a person which files there are; a file of answers has said it."""
        if not self._asker.is_person:
            return
        while True:
            asked = questions.Question(
                "path",
                "Another file" if self._files else "Path of the file",
                ""
                if self._files
                else "CSV or Excel, as the service exported it. Drag it into this window for its path.",
                default=questions.NONE if self._files else None,
                wrong=wrong_path,
            )
            said = self._asker.ask(asked)
            if said == questions.NONE:
                return
            self._files.append(FileAnswers(path=said.strip("'\"")))

    def _import(self, said: FileAnswers) -> bool:
        path, zone = Path(said.path), said.timezone or world.reread().default_timezone
        try:
            rows = [one for one in islice(read_rows(path), _DRAFT_ROWS) if isinstance(one, Row)]
        except (UnreadableFileError, OSError) as error:
            err.print(f"  {path}: {getattr(error, 'strerror', None) or error}", style="red")
            return False
        if tables.is_zoom_report(rows):
            zone = self._zone(said, path, zone)
            return _ended(zoom_report, files=[path], timezone=zone, date_order=said.date_order)
        mapping = Path(said.mapping) if said.mapping else path.with_suffix(".yaml")
        if not mapping.exists() and not self._draft(said, path, mapping, rows, zone):
            return False
        return _ended(table, files=[path], mapping=mapping)

    def _zone(self, said: FileAnswers, path: Path, zone: str) -> str:
        if said.timezone or not self._asker.is_person:
            return zone
        asked = questions.of_zone(zone)
        text = f"{path.name}: of the times that name none."
        return self._asker.ask(questions.Question("timezone", "Its time zone", text, asked.default, wrong=asked.wrong))

    def _draft(self, said: FileAnswers, path: Path, mapping: Path, rows: Sequence[Row], zone: str) -> bool:
        """Writes the mapping file of a table. False: none could be drafted, or the person wants to correct it."""
        try:
            draft = suggest(rows, self._zone(said, path, zone))
        except ValueError as error:
            err.print(f"  {path}: {error} (docs/services/tables.md)", style="red")
            return False
        left = tables.still_open(draft)
        if self._asker.is_person:
            said = self._asked(said, left)
        lacks = {"webinar": left.webinar and not said.webinar, "date_order": left.order and not said.date_order}
        if missing := [name for name, is_lacking in lacks.items() if is_lacking]:
            err.print(f"  {path}: {' and '.join(missing)} is missing below files; no column says it.", style="red")
            return False
        text = tables.completed(draft, said.platform, said.webinar, said.starts_at, said.date_order)
        try:
            write_atomically(mapping, text)
        except OSError as error:
            way_out = "copy the file into a folder of yours"
            raise SetupError(f"{mapping} cannot be written ({error.strerror}): {way_out}") from error
        out.print(f"  {mapping}: what the columns of {path.name} mean, as far as their names say it:")
        out.print("".join(f"    {line}\n" for line in text.splitlines()[1:]).rstrip())
        for one in left.advice:
            out.print(f"    {one}")
        if self._asker.is_person and self._asker.ask(questions.yes_or_no("import", "Import with it")) == "no":
            out.print(f"  Correct {mapping}, then run funnel setup again.")
            return False
        return True

    def _asked(self, said: FileAnswers, left: tables.Open) -> FileAnswers:
        """What the table does not say; the answers about the file before are the defaults."""
        ask, before = self._asker.ask, self._before
        new: dict[str, str] = {"platform": ask(_platform(before.platform))}
        if left.webinar and not said.webinar:
            own = "A name of your own, such as intro-2026-11; the same for all files of one webinar."
            new["webinar"] = ask(questions.Question("webinar", "Which webinar is it", own, default=before.webinar))
        if left.starts_at and not said.starts_at:
            new["starts_at"] = ask(_begin())
        if left.order and not said.date_order:
            text = "Dates such as 05/10/2026 have the day or the month first"
            new["date_order"] = questions.meant(ask(questions.one_of("date_order", text, _ORDERS, None)), _ORDERS)
        self._before = FileAnswers.model_validate(said.model_dump() | new)
        return self._before


def _platform(before: str) -> questions.Question:
    return questions.Question(
        "platform",
        "On which service did people meet",
        "In small letters, such as zoom, bigmarker, webex: it is the first part of the webinars' ids.",
        default=before,
        wrong=lambda said: "" if said.isascii() and said.islower() and said.isalnum() else "small letters are expected",
    )


def _begin() -> questions.Question:
    return questions.Question(
        "starts_at",
        "When did it begin",
        "2026-11-22 18:00, in the time zone above. Without it nobody counts as having attended.",
        default="",
        wrong=_wrong_begin,
    )


def _wrong_begin(said: str) -> str:
    try:
        parse_instant(f"{said.strip().replace(' ', 'T')}:00Z" if len(said.strip()) == 16 else said)
    except ValueError:
        return f"{said} is no time such as 2026-11-22 18:00"
    return ""


def wrong_path(said: str) -> str:
    """Why this names no file that could be imported; empty: it does."""
    path = Path(said.strip("'\""))
    if said == questions.NONE or path.is_file():
        return ""
    return (
        f"{path} is {'a folder: name a file in it' if path.is_dir() else 'not there. Look at the name and the folder'}"
    )


def _ended(command: Any, **options: Any) -> bool:
    """Runs a command of ours; whether it ended well. What is wrong, it has said."""
    try:
        command(**options)
    except typer.Exit as end:
        return end.exit_code == 0
    return True
