"""Which webinars bear a mark for rows of polled sheets: a mark is told when it changes, and taken away. Pure."""

from collections.abc import Collection, Iterable

from pydantic import TypeAdapter

from contract.reports import ImportedFile

_MARKS = TypeAdapter(dict[str, list[ImportedFile]])


class Marks:
    """The marks of all sheets, by sheet."""

    def __init__(self, text: str = "{}") -> None:
        """`text`: what `text()` gave at the last pass."""
        self._of: dict[str, list[ImportedFile]] = _MARKS.validate_json(text)

    def read(self, sheet: str, reports: Iterable[ImportedFile], at: int, *, everything: bool) -> list[ImportedFile]:
        """What has to be told after a reading of that sheet, at `at` (ms since 1970 UTC). `everything`: what was told
        before, too.
        """
        found = [one for one in reports if one.rejected]
        before = {one.report_id: one for one in self._of.pop(sheet, [])}
        if found:
            self._of[sheet] = found
        told = [one for one in found if everything or not _says_the_same(one, before.get(one.report_id))]
        return [*told, *_whole(before.keys() - {one.report_id for one in found}, before.values(), at)]

    def of_no_sheet(self, sheets: Collection[str], at: int) -> list[ImportedFile]:
        """What has to be told of sheets that are polled no more."""
        told: list[ImportedFile] = []
        for sheet in self._of.keys() - set(sheets):
            gone = self._of.pop(sheet)
            told += _whole({one.report_id for one in gone}, gone, at)
        return told

    def text(self) -> str:
        """For the next pass."""
        return _MARKS.dump_json(self._of).decode()


def _says_the_same(one: ImportedFile, before: ImportedFile | None) -> bool:
    return before is not None and (one.rows, one.rejected) == (before.rows, before.rejected)


def _whole(report_ids: Collection[str], before: Iterable[ImportedFile], at: int) -> list[ImportedFile]:
    """That these lack no rows any more."""
    said = {"rejected": 0, "at": at}
    return [one.model_copy(update=said) for one in before if one.report_id in report_ids]
