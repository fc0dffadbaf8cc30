"""BigMarker's REST API: addresses, pages, and where a list ends. HTTP only; the mapping interprets the rows."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from connectors.bigmarker.cells import count
from connectors.bigmarker.people import Way
from connectors.toolkit.io.http import Http, ServiceError
from contract.instants import SECOND

_MOST_PAGES = 10_000
_OF_A_CHILD = (401, 403, 404)
"""BigMarker's answers for single conferences although the key is valid: they have another owner, or are gone."""


class NotReadableError(Exception):
    """BigMarker does not show this resource of this conference; it is counted in `BigMarker.skipped`."""


class BigMarker:
    """The parts of the API that are polled. Rows come page by page, each row once."""

    def __init__(self, http: Http, page_size: int, fields_page_size: int) -> None:
        self.skipped: Counter[str] = Counter()
        """How many resources were not readable, by name."""
        self._http = http
        self._page_size = page_size
        self._fields_page_size = fields_page_size
        self._throttled = False

    def begin_pass(self) -> None:
        """Resets what failed in the previous pass."""
        self.skipped.clear()
        self._throttled = False

    def conferences(self, since: int) -> Iterator[Any]:
        """Conferences that begin at or after `since` (ms since 1970 UTC), and all upcoming ones; one may come twice.

        Raises ServiceError, also for a key that is not accepted.
        """
        search = {"start_time": since // SECOND}
        yield from self._rows("POST", "/conferences/search/", "conferences", self._page_size, search)
        yield from self._rows("GET", "/conferences/", "conferences", self._page_size, {"type": "future"})

    def upcoming(self) -> int | None:
        """How many conferences are upcoming; None if BigMarker does not say. Raises ServiceError."""
        answer = self._http.get("/conferences/", {"type": "future", "page": 1, "per_page": 1})
        return _number(answer, "total_entries", "total_count") if isinstance(answer, dict) else None

    def conference(self, said_id: str) -> Any:
        """One conference. Raises ServiceError and NotReadableError."""
        return self._readable("conference", self._http.get(f"/conferences/{said_id}", tolerate=_OF_A_CHILD))

    def registrations(self, said_id: str) -> Iterator[tuple[Way, Any]]:
        """All registrations, with custom fields if BigMarker allows it: that request is throttled sooner than others.

        After one failure it is not tried again in this pass. Raises ServiceError and NotReadableError.
        """
        if not self._throttled:
            try:
                for row in self._child("registrations_with_fields", said_id, "registrations", self._fields_page_size):
                    yield "fields", row
                return
            except ServiceError:
                self._throttled = True
            except NotReadableError:
                pass
        for row in self._child("registrations", said_id, "registrations", self._page_size):
            yield "plain", row

    def attendees(self, said_id: str) -> Iterator[Any]:
        """Who is or was there live. Raises ServiceError and NotReadableError."""
        path = f"/conferences/{said_id}/attendees"
        return self._rows("GET", path, "attendees", self._page_size, tolerate=_OF_A_CHILD)

    def recording_views(self, said_id: str) -> Iterator[Any]:
        """Views of the recording. Raises ServiceError and NotReadableError."""
        path = f"/conferences/{said_id}/recording_views"
        return self._rows("GET", path, "recording_views", self._page_size, tolerate=_OF_A_CHILD)

    def on_demand_attendees(self, said_id: str) -> Iterator[Any]:
        """Who watched on demand. Raises ServiceError and NotReadableError."""
        path = f"/reporting/conferences/on_demand_attendees/{said_id}"
        return self._rows("GET", path, "attendees", self._page_size, tolerate=_OF_A_CHILD, what="on_demand_attendees")

    def _child(self, what: str, said_id: str, key: str, size: int) -> Iterator[Any]:
        return self._rows("GET", f"/conferences/{what}/{said_id}", key, size, tolerate=_OF_A_CHILD, what=what)

    def _rows(
        self,
        method: str,
        path: str,
        key: str,
        size: int,
        params: Mapping[str, str | int] | None = None,
        *,
        tolerate: Collection[int] = (),
        what: str = "",
    ) -> Iterator[Any]:
        ask = self._http.get if method == "GET" else self._http.post
        seen: set[bytes] = set()
        for page in range(1, _MOST_PAGES + 1):
            # Endpoints differ in which of the two names they take, and so do their clients: each request sends both.
            paging = {"page": page, "current_page": page, "per_page": size}
            answer = self._readable(what or key, ask(path, {**(params or {}), **paging}, tolerate=tolerate))
            rows = _listed(answer, key, path)
            known = len(seen)
            for row in rows:
                digest = blake2b(json.dumps(row, sort_keys=True).encode(), digest_size=16).digest()
                if digest not in seen:
                    seen.add(digest)
                    yield row
            # Past the end BigMarker may repeat pages forever.
            if len(seen) == known or _is_last(answer, page, len(seen), len(rows), size):
                return
        raise ServiceError(f"BigMarker's list {path} has no end after {_MOST_PAGES:,} pages.")

    def _readable(self, what: str, answer: Any) -> Any:
        if answer is None:
            self.skipped[what] += 1
            raise NotReadableError(what)
        return answer


def _listed(answer: Any, key: str, path: str) -> list[Any]:
    rows = answer.get(key, answer) if isinstance(answer, dict) else answer
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise ServiceError(f"BigMarker answered {path} without a list of {key}: is its base address right?")
    return rows


def _is_last(answer: Any, page: int, read: int, on_page: int, size: int) -> bool:
    """By the number of pages if stated, else by the number of rows, else by a page that is not full."""
    envelope = answer if isinstance(answer, dict) else {}
    pages = _number(envelope, "total_pages")
    if pages:
        return page >= pages
    rows = _number(envelope, "total_entries", "total_count")
    if rows:
        return read >= rows
    return on_page < (_number(envelope, "per_page") or size)


def _number(envelope: Mapping[str, Any], *names: str) -> int | None:
    return next((said for said in (count(envelope.get(name)) for name in names) if said is not None), None)
