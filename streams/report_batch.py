"""One batch of what connectors say of themselves, from topic to queryable row; then it may be committed."""

from collections.abc import Sequence
from typing import NamedTuple

from contract.reports import ReportRow, decode_report, report_row
from streams.fold.lines import block, line
from streams.store import Insert, Store
from streams.transport.delivery import Chunk


class FoldedReports(NamedTuple):
    """Chunks with the rows that they become."""

    chunks: Sequence[Chunk]
    insert: Insert


class ReportBatches:
    """Reads and writes the reports, batch after batch. What is no report is passed over: no number depends on it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def fold(self, chunks: Sequence[Chunk]) -> FoldedReports | None:
        """The rows of the chunks that are still of the present assignment; None: none is."""
        present = [chunk for chunk in chunks if chunk.current]
        if not present:
            return None
        read = ((decode_report(record.value), record.timestamp) for chunk in present for record in chunk)
        rows = (line(report_row(report, written_at)) for report, written_at in read if report is not None)
        return FoldedReports(present, Insert("connector_reports", ReportRow._fields, block(rows)))

    async def write(self, folded: FoldedReports) -> None:
        """Writes a batch and lets its offsets be committed. Raises StoreGone."""
        await self._store.insert(folded.insert)
        for chunk in folded.chunks:
            chunk.done()
