"""One batch of connector reports from topic to queryable row; then it may be committed."""

from collections.abc import Sequence
from typing import NamedTuple

from contract.reports import ReportRow, decode_report, report_row
from streams.fold.lines import block, line
from streams.store import Insert, Store
from streams.transport.delivery import Chunk


class FoldedReports(NamedTuple):
    """Chunks with their rows."""

    chunks: Sequence[Chunk]
    insert: Insert


class ReportBatches:
    """Reads and writes the reports, batch after batch. It skips what is no report: no number depends on it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def fold(self, chunks: Sequence[Chunk]) -> FoldedReports | None:
        """The rows of the chunks of the current assignment; None: there are none."""
        present = [chunk for chunk in chunks if chunk.current]
        if not present:
            return None
        read = ((decode_report(record.value), record.timestamp) for chunk in present for record in chunk)
        rows = (line(report_row(report, written_at)) for report, written_at in read if report is not None)
        return FoldedReports(present, Insert("connector_reports", ReportRow._fields, block(rows)))

    async def write(self, folded: FoldedReports) -> None:
        """Writes a batch and releases its offsets for commit. Raises StoreGone."""
        await self._store.insert(folded.insert)
        for chunk in folded.chunks:
            chunk.done()
