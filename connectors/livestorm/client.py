"""Livestorm's REST API, JSON:API: our requests and its pages. It does not interpret the content."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote

from connectors.livestorm.settings import LivestormSettings
from connectors.toolkit import reading
from connectors.toolkit.io.http import Http, ServiceError
from contract.instants import SECOND

Row = Mapping[str, object]

_PAGE_SIZE = 50
"""Livestorm's maximum page size."""
_MOST_PAGES = 10_000
_LIST_TRIES = 4
_BAD_REQUEST, _FORBIDDEN, _NOT_THERE = 400, 403, 404


class Listed(NamedTuple):
    """The rows of a list, and the records included with them."""

    rows: list[Row]
    included: list[Row]


class LivestormClient:
    """Reads one workspace. Every method raises ServiceError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def sessions(self, since: int | None, until: int | None) -> Listed:
        """Sessions planned from `since` to `until` (ms since 1970 UTC), and their events. None: no bound."""
        asked: dict[str, str | int] = {"include": "event"}
        if since is not None:
            asked["filter[date_from]"] = since // SECOND
        if until is not None:
            asked["filter[date_to]"] = until // SECOND
        return self._list("/sessions", asked) or Listed([], [])

    def people(self, session: str) -> list[Row] | None:
        """Registrants including no-shows, guests and team members; None for a session that is gone."""
        listed = self._list(f"/sessions/{quote(session, safe='')}/people", {})
        return None if listed is None else listed.rows

    def _list(self, path: str, params: Mapping[str, str | int]) -> Listed | None:
        """All pages of a list.

        An entry that leaves the list while it is read moves the others up, one of them to a page already read: so a
        list that got shorter is read again from its first page.
        """
        for _ in range(_LIST_TRIES):
            rows: list[Row] = []
            included: list[Row] = []
            counts: list[int] = []
            for number in range(_MOST_PAGES):
                page = self._page(path, params, number)
                if page is None:
                    return None
                found = list(reading.items(page.get("data")))
                meta = reading.mapping(page.get("meta"))
                counted = reading.whole_number(meta.get("record_count"))
                counts += [] if counted is None else [counted]
                rows += found
                included += reading.items(page.get("included"))
                if not found or _is_last(meta, number, len(found)):
                    break
            if len(_ids(rows)) >= max(counts, default=0) == (counts or [0])[-1]:
                return Listed(list(_ids(rows).values()), included)
        raise ServiceError(f"Livestorm's list {path} breaks off at every try. It is read again at the next poll.")

    def _page(self, path: str, params: Mapping[str, str | int], number: int) -> Row | None:
        """One page; a page beyond the last one, which Livestorm refuses, counts as empty."""
        try:
            answer = self._get(path, {**params, "page[number]": number, "page[size]": _PAGE_SIZE})
        except ServiceError as error:
            if number and error.status == _BAD_REQUEST:
                return {}
            raise
        if answer is None:
            return None
        page = reading.mapping(answer)
        if not isinstance(page.get("data"), list):
            raise ServiceError(f"Livestorm's answer to {path} holds no list: is FUNNEL_LIVESTORM_BASE_URL right?")
        return page

    def _get(self, path: str, params: Mapping[str, str | int]) -> object | None:
        try:
            return self._http.get(path, params, tolerate=(_NOT_THERE,))
        except ServiceError as error:
            if error.status != _FORBIDDEN:
                raise
            raise ServiceError(
                f"Livestorm's token may not read {path}: make one with the scope Events (docs/services/livestorm.md).",
                error.status,
                error.code,
            ) from error


def _ids(rows: list[Row]) -> dict[str, Row]:
    """By id: a row that moves between two pages comes twice."""
    return {reading.text(row.get("id")) or f"row {number}": row for number, row in enumerate(rows)}


def _is_last(meta: Row, number: int, rows: int) -> bool:
    pages = reading.whole_number(meta.get("page_count"))
    if pages is not None:
        return number + 1 >= pages
    if "next_page" in meta:
        return meta["next_page"] is None
    return rows < _PAGE_SIZE


@contextmanager
def open_client(settings: LivestormSettings) -> Iterator[LivestormClient]:
    """A client with its own connections. The token is sent without `Bearer`, which Livestorm would take as OAuth's."""
    headers = {"Authorization": settings.api_token.get_secret_value(), "Accept": "application/vnd.api+json"}
    with Http(
        "Livestorm", settings.base_url, headers=headers, requests_per_second=settings.requests_per_second
    ) as http:
        yield LivestormClient(http)
