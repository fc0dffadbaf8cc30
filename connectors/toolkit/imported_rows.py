"""What became of the rows of one file, by webinar: a webinar is marked while rows of it are missing.

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
    """Collects the results of one file's rows."""

    def __init__(self, connector: str, file_name: str, identity: str = "") -> None:
        """`file_name`: without its folder. `identity`: for a source without its own name."""
        self._identity = identity
        self._connector = connector
        # No personal data goes to Kafka, not even in a file's name.
        self._file_name = "a file" if holds_email(file_name) else cleaned(file_name)[:_LONGEST_NAME]
        self._rejected: Counter[str] = Counter()
        self._people: dict[str, list[int]] = {}

    def add(self, result: Event | RowRejection) -> None:
        """Adds a result."""
        if isinstance(result, RowRejection):
            self._rejected[result.webinar_id] += 1
            return
        smallest = self._people.setdefault(result.webinar_id, [])
        if result.type in ("registration", "attendance"):
            _keep_smallest(smallest, number_of(result.person_id))

    def about(self, webinar_id: str) -> None:
        """Adds a webinar that a row read earlier is about."""
        self._people.setdefault(webinar_id, [])

    @property
    def rejected(self) -> int:
        """How many rows were rejected, of all webinars."""
        return self._rejected.total()

    @property
    def webinars(self) -> set[str]:
        """The webinars of rows, as far as known."""
        return (self._people.keys() | self._rejected.keys()) - {""}

    @property
    def of_unknown_webinar(self) -> int:
        """Rejected rows of an unknown webinar, in a file that is not about one webinar alone."""
        return 0 if len(self.webinars) == 1 else self._rejected[""]

    def reports(self, task: str, rows: int, at: int) -> Iterator[ImportedFile]:
        """One report for each webinar, and one for rows of none. `task`: the kind of file. `rows`: how many it has.

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
    """Inserts it in order, and drops the greatest if there are too many."""
    if len(numbers) >= PEOPLE and number >= numbers[-1]:
        return
    if number not in numbers:
        insort(numbers, number)
        del numbers[PEOPLE:]
