"""GoTo Webinar's API: pages from 0, two envelopes, and 403 for everything that it does not allow."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.toolkit import reading
from connectors.toolkit.io.http import Http
from contract.instants import SECOND, format_instant

_PAGE_SIZE = 200
"""GoTo's maximum page size."""
_MOST_PAGES = 10_000

Row = Mapping[str, object]


class GotoClient:
    """Reads one organiser's data. Every method raises ServiceError. A webinar that is gone has no rows."""

    def __init__(self, http: Http, organizer_key: str, forget_token: Callable[[], None]) -> None:
        self._http = http
        self._root = f"/organizers/{organizer_key}"
        self._forget_token = forget_token

    def webinars(self, since: int, until: int) -> Iterator[Row]:
        """Webinars planned between the two times; ms since 1970 UTC."""
        return self._rows("/webinars", "webinars", "size", _between(since, until))

    def sessions(self, since: int, until: int) -> Iterator[Row]:
        """Sessions that took place between the two times; ms since 1970 UTC."""
        return self._rows("/sessions", "sessionInfoResources", "size", _between(since, until))

    def registrants(self, webinar: str) -> Iterator[Row]:
        return self._rows(f"/webinars/{webinar}/registrants", "registrants", "limit", {})

    def attendees(self, webinar: str, session: str) -> Iterator[Row]:
        path = f"/webinars/{webinar}/sessions/{session}/attendees"
        return self._rows(path, "attendeeParticipationResponses", "size", {})

    def _rows(self, path: str, name: str, size_name: str, params: Mapping[str, str | int]) -> Iterator[Row]:
        before: list[Row] = []
        for number in range(_MOST_PAGES):
            answer = self._get(self._root + path, {**params, "page": number, size_name: _PAGE_SIZE})
            rows = _rows_of(answer, name)
            if not rows or rows == before:
                # Otherwise a page that is repeated forever would never end.
                return
            yield from rows
            before = rows
            if _is_last(answer, number, len(rows)):
                return

    def _get(self, path: str, params: Mapping[str, str | int]) -> Any | None:
        """None if it does not exist. A token revoked early gets a 403 too, so a new one is tried once."""
        answer = self._http.get(path, params, tolerate=(403, 404))
        if answer is None:
            self._forget_token()
            answer = self._http.get(path, params, tolerate=(404,))
        return answer


def _between(since: int, until: int) -> dict[str, str | int]:
    """GoTo's times have no fractional seconds."""
    return {
        "fromTime": format_instant(since // SECOND * SECOND).replace(".000Z", "Z"),
        "toTime": format_instant(until // SECOND * SECOND).replace(".000Z", "Z"),
    }


def _rows_of(answer: object, name: str) -> list[Row]:
    """A plain list, `data`, or the list embedded under that name."""
    if isinstance(answer, list):
        return list(reading.items(answer))
    said = reading.mapping(answer)
    return list(reading.items(said.get("data"))) or list(
        reading.items(reading.mapping(said.get("_embedded")).get(name))
    )


def _is_last(answer: object, number: int, rows: int) -> bool:
    """By the number of pages or rows if stated, else by a page that is not full. A plain list is complete."""
    if isinstance(answer, list):
        return True
    said = reading.mapping(answer)
    pages = reading.whole_number(reading.mapping(said.get("page")).get("totalPages"))
    if pages is not None:
        return number + 1 >= pages
    total, size = reading.whole_number(said.get("total")), reading.whole_number(said.get("limit"))
    if total is not None and size:
        return (number + 1) * size >= total
    return rows < _PAGE_SIZE
