"""What becomes of the rows of one file, webinar by webinar: by it a webinar bears a mark while rows of it are missing.

Pure.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterator

from connectors.toolkit.content_id import content_hash
from connectors.toolkit.reading import holds_email
from connectors.toolkit.rows import RowRejection
from connectors.toolkit.texts import cleaned
from contract.events import Event
from contract.instants import format_instant
from contract.reports import PEOPLE, ImportedFile, number_of

_LONGEST_NAME = 100


class ImportedRows:
    """Grows with the results of one file's rows."""

    def __init__(self, connector: str, file_name: str, identity: str = "") -> None:
        """`file_name`: without its folder. `identity`: of what has no name of its own."""
        self._identity = identity
        self._connector = connector
        # Nothing personal leaves for Kafka, nor in a name that somebody gave a file.
        self._file_name = "a file" if holds_email(file_name) else cleaned(file_name)[:_LONGEST_NAME]
        self._rejected: Counter[str] = Counter()
        self._people: dict[str, list[int]] = {}

    def add(self, result: Event | RowRejection) -> None:
        """One more."""
        if isinstance(result, RowRejection):
            self._rejected[result.webinar_id] += 1
            return
        smallest = self._people.setdefault(result.webinar_id, [])
        if result.type in ("registration", "attendance"):
            _keep_smallest(smallest, number_of(result.person_id))

    def about(self, webinar_id: str) -> None:
        """A row that was read before is about that webinar, too."""
        self._people.setdefault(webinar_id, [])

    @property
    def rejected(self) -> int:
        """How many rows, whatever they are about."""
        return self._rejected.total()

    @property
    def webinars(self) -> set[str]:
        """Those that a row is known to be about."""
        return (self._people.keys() | self._rejected.keys()) - {""}

    @property
    def untold(self) -> int:
        """Rejected rows of which nothing tells for which webinar they are, where the file is not about one alone."""
        return 0 if len(self.webinars) == 1 else self._rejected[""]

    def reports(self, task: str, rows: int, at: int) -> Iterator[ImportedFile]:
        """One for each webinar, and one for what tells of none. `task`: what kind of file it is. `rows`: of the file.

        `at`: when it was read, milliseconds since 1970 UTC.
        """
        webinars = sorted(self.webinars)
        if len(webinars) == 1:
            yield self._report(webinars[0], self.rejected, self._people.get(webinars[0], []), rows, task, at)
            return
        everybody: list[int] = []
        for webinar_id in webinars:
            people = self._people.get(webinar_id, [])
            for number in people:
                _keep_smallest(everybody, number)
            yield self._report(webinar_id, self._rejected[webinar_id], people, 0, task, at)
        yield self._report("", self._rejected[""], everybody, rows, task, at)

    def _report(self, webinar_id: str, rejected: int, people: list[int], rows: int, task: str, at: int) -> ImportedFile:
        named = {"webinar_id": webinar_id, "task": task, "file_name": self._file_name}
        counted = {"rows": rows, "rejected": rejected, "people": people, "at": format_instant(at)}
        report_id = content_hash([*named.values(), *filter(None, [self._identity])])
        return ImportedFile.model_validate({"connector": self._connector, "report_id": report_id, **named, **counted})


def _keep_smallest(numbers: list[int], number: int) -> None:
    """Adds it in its place, and drops the greatest of too many."""
    if len(numbers) >= PEOPLE and number >= numbers[-1]:
        return
    if number not in numbers:
        insort(numbers, number)
        del numbers[PEOPLE:]
