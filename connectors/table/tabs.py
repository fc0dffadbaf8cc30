"""Which sheet of a workbook a mapping file is for. Pure."""

from collections.abc import Callable, Iterable, Sequence

from connectors.table.layout import NotThisTableError, open_table
from connectors.table.mapping_file import MappingFile
from connectors.toolkit.rows import Row, RowRejection


def tab_of(
    tabs: Sequence[str], rows_of: Callable[[str], Iterable[Row | RowRejection]], mapping: MappingFile
) -> str | None:
    """The sheet that the mapping file names, else the only one with its columns; None: the file is no workbook.

    Raises NotThisTableError if several sheets fit, rather than leaving one out silently.
    """
    if mapping.tab is not None or len(tabs) < 2:
        return mapping.tab or next(iter(tabs), None)
    lacks: dict[str, str] = {}
    for tab in tabs:
        try:
            open_table(rows_of(tab), mapping)
        except NotThisTableError as error:
            lacks[tab] = str(error)
    fitting = [tab for tab in tabs if tab not in lacks]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise NotThisTableError(
            f"the sheets {_listed(fitting)} have all columns that the mapping file names. Import one after the other: "
            "say which by --tab, or under tab in the mapping file."
        )
    missing = lacks[tabs[0]].partition("missing: ")[2].partition(".")[0]
    said = f"; {tabs[0]} lacks: {missing}" if missing else ""
    raise NotThisTableError(
        f"none of the sheets {_listed(tabs)} has all columns that the mapping file names{said}. Correct the names "
        "under columns."
    )


def _listed(tabs: Sequence[str]) -> str:
    return " and ".join((", ".join(tabs[:-1]), tabs[-1]))
