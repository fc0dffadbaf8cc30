"""Which webinars are marked for rejected rows of polled sheets: each change of a mark is reported. Pure."""

from collections.abc import Collection, Iterable

from pydantic import TypeAdapter

from contract.reports import ImportedFile

_MARKS = TypeAdapter(dict[str, list[ImportedFile]])


class Marks:
    """The marks of all sheets, by sheet."""

    def __init__(self, text: str = "{}") -> None:
        """`text`: the result of `text()` in the last pass."""
        self._of: dict[str, list[ImportedFile]] = _MARKS.validate_json(text)

    def read(self, sheet: str, reports: Iterable[ImportedFile], at: int, *, everything: bool) -> list[ImportedFile]:
        """The reports due after reading the sheet at `at` (ms since 1970 UTC). `everything`: also those sent before."""
        found = [one for one in reports if one.rejected]
        before = {one.report_id: one for one in self._of.pop(sheet, [])}
        if found:
            self._of[sheet] = found
        due = [one for one in found if everything or not _says_the_same(one, before.get(one.report_id))]
        return [*due, *_whole(before.keys() - {one.report_id for one in found}, before.values(), at)]

    def of_no_sheet(self, sheets: Collection[str], at: int) -> list[ImportedFile]:
        """The reports due for sheets that are no longer polled."""
        due: list[ImportedFile] = []
        for sheet in self._of.keys() - set(sheets):
            gone = self._of.pop(sheet)
            due += _whole({one.report_id for one in gone}, gone, at)
        return due

    def text(self) -> str:
        """The state for the next pass."""
        return _MARKS.dump_json(self._of).decode()


def _says_the_same(one: ImportedFile, before: ImportedFile | None) -> bool:
    return before is not None and (one.rows, one.rejected) == (before.rows, before.rejected)


def _whole(report_ids: Collection[str], before: Iterable[ImportedFile], at: int) -> list[ImportedFile]:
    """Reports that these webinars no longer lack rows."""
    said = {"rejected": 0, "at": at}
    return [one.model_copy(update=said) for one in before if one.report_id in report_ids]
