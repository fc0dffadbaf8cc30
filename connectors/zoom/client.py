"""Zoom's REST API: our requests, its pages and its token. It does not interpret the content."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote

from connectors.toolkit.io.http import Http, ServiceError
from connectors.zoom.oauth import Token, oauth_http
from connectors.zoom.settings import ZoomSettings

Row = dict[str, Any]

_PAGE_SIZE = 300
_LIST_TRIES = 4
_NOT_THERE = 404
_BAD_REQUEST = 400
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_THROTTLED = 429
_NO_WEBINAR_LICENCE = 200
SCOPE_MISSING = 4711
"""Zoom's own codes in responses with status 400."""


class Client:
    """The requests by purpose. All raise ServiceError; None means that Zoom does not have it, or not any more."""

    def __init__(self, http: Http, token: Token) -> None:
        self._http = http
        self._token = token

    def me(self) -> Row:
        """The account's own view of the app."""
        return self._get("/users/me") or {}

    def users(self) -> list[Row]:
        """All active users of the account."""
        return self._list("/users", "users", {"status": "active"}) or []

    def webinars(self, user_id: str) -> list[Row]:
        """The user's webinars, planned and past; none if the user has no licence for webinars."""
        path = f"/users/{quote(user_id, safe='')}/webinars"
        try:
            return self._list(path, "webinars") or []
        except ServiceError as error:
            if error.code == _NO_WEBINAR_LICENCE:
                return []
            raise

    def webinar(self, number: str) -> Row | None:
        return self._get(f"/webinars/{number}", {"show_previous_occurrences": "true"})

    def registrants(self, number: str, **filters: str) -> list[Row]:
        """Filters: status (approved, pending, denied), occurrence_id, tracking_source_id."""
        return self._list(f"/webinars/{number}/registrants", "registrants", filters) or []

    def tracking_sources(self, number: str) -> list[Row]:
        """One row per tracked link, with its number of visits; none if the webinar has no registration."""
        return self._list_if_any(f"/webinars/{number}/tracking_sources", "tracking_sources")

    def panelists(self, number: str) -> list[Row]:
        return self._list(f"/webinars/{number}/panelists", "panelists") or []

    def instances(self, number: str) -> list[Row]:
        """The past runs of a webinar; each has its own uuid."""
        return self._list(f"/past_webinars/{number}/instances", "webinars") or []

    def report(self, uuid: str) -> Row | None:
        """The report of one run. None until it is ready, and again once Zoom has deleted it."""
        return self._get(f"/report/webinars/{encoded_uuid(uuid)}")

    def participants(self, uuid: str) -> list[Row] | None:
        """One row per stay. Without include_fields Zoom leaves out the registrant's id."""
        path = f"/report/webinars/{encoded_uuid(uuid)}/participants"
        return self._list(path, "participants", {"include_fields": "registrant_id"})

    def may_read_recordings(self, number: str) -> bool:
        """Whether the app has the scope for recording viewers; any webinar will do, recorded or not."""
        return self._may_read(f"/meetings/{number}/recordings/analytics_summary")

    def may_read_sources(self, number: str) -> bool:
        """Whether the app has the scope for tracked links; any webinar will do, with links or without."""
        return self._may_read(f"/webinars/{number}/tracking_sources")

    def _may_read(self, path: str) -> bool:
        try:
            self._get(path)
        except ServiceError as error:
            if error.status in (None, _UNAUTHORIZED, _THROTTLED):
                raise
            return error.code != SCOPE_MISSING and error.status != _FORBIDDEN
        return True

    def recording_views(self, uuid: str, since: date, until: date) -> list[Row] | None:
        """One row per view of the recording of one run, for a month at most; None if it was not recorded."""
        asked = {"type": "by_view", "from": since.isoformat(), "to": until.isoformat()}
        return self._list(f"/meetings/{encoded_uuid(uuid)}/recordings/analytics_details", "analytics_details", asked)

    def recording_registrants(self, uuid: str, status: str) -> list[Row]:
        """Who registered to watch the recording of one run; none if it needs no registration."""
        path = f"/meetings/{encoded_uuid(uuid)}/recordings/registrants"
        return self._list_if_any(path, "registrants", {"status": status})

    def _list_if_any(self, path: str, key: str, params: Mapping[str, str] | None = None) -> list[Row]:
        """The list; empty if Zoom refuses it, as it does without registration."""
        try:
            return self._list(path, key, params) or []
        except ServiceError as error:
            if error.status == _BAD_REQUEST and error.code != SCOPE_MISSING:
                return []
            raise

    def _list(
        self,
        path: str,
        key: str,
        params: Mapping[str, str] | None = None,
    ) -> list[Row] | None:
        """All pages of a list.

        A page token is valid for 15 minutes: if it expires, or if there are fewer rows than Zoom counts, the list is
        read again from its first page.
        """
        for _ in range(_LIST_TRIES):
            rows = self._pages(path, key, params or {})
            if not isinstance(rows, _Again):
                return rows
        raise ServiceError(f"Zoom's list {path} breaks off at every try. It is read again at the next poll.")

    def _pages(self, path: str, key: str, params: Mapping[str, str]) -> "list[Row] | _Again | None":
        rows: list[Row] = []
        seen: set[str] = set()
        token = ""
        while True:
            asked = {**params, "page_size": str(_PAGE_SIZE), **({"next_page_token": token} if token else {})}
            try:
                page = self._get(path, asked)
            except ServiceError as error:
                if token and error.status == _BAD_REQUEST and error.code != SCOPE_MISSING:
                    return _Again()
                raise
            if page is None:
                return None
            found = page.get(key)
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise ServiceError(f"Zoom's answer to {path} has no list of {key}. It is read again at the next poll.")
            rows += found
            token = str(page.get("next_page_token") or "")
            if not token:
                total = page.get("total_records")
                return _Again() if isinstance(total, int) and len(rows) < total else rows
            if token in seen:
                return _Again()
            seen.add(token)

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Row | None:
        try:
            answer = self._ask(path, params)
        except ServiceError as error:
            if error.code != SCOPE_MISSING:
                raise
            raise ServiceError(
                f"Zoom's app may not read {path}: give it the scopes that docs/services/zoom.md lists.",
                error.status,
                error.code,
            ) from error
        if answer is not None and not isinstance(answer, dict):
            raise ServiceError(f"Zoom's answer to {path} is not an object: is FUNNEL_ZOOM_API_URL right?")
        return answer

    def _ask(self, path: str, params: Mapping[str, str] | None) -> object:
        try:
            return self._http.get(path, params, tolerate=(_NOT_THERE,))
        except ServiceError as error:
            if error.status != _UNAUTHORIZED:
                raise
        # Revoked early. A second refusal is the error itself.
        self._token.forget()
        return self._http.get(path, params, tolerate=(_NOT_THERE,))


class _Again:
    """A list that was interrupted."""


def concerns_one(error: ServiceError) -> bool:
    """Whether Zoom refused this one request, rather than our access or all requests."""
    return (
        error.status is not None
        and error.status not in (_UNAUTHORIZED, _FORBIDDEN, _THROTTLED)
        and error.code is not None
    )


def encoded_uuid(uuid: str) -> str:
    """The uuid for a URL's path. Zoom decodes it twice if it has a slash."""
    once = quote(uuid, safe="")
    return quote(once, safe="") if "/" in uuid else once


@contextmanager
def open_client(settings: ZoomSettings, make_http: Callable[..., Http] = Http) -> Iterator[Client]:
    """A client with its own connections, closed at the end."""
    with ExitStack() as stack:
        token = Token(stack.enter_context(oauth_http(settings)), settings.account_id)
        http = make_http(
            "Zoom", settings.api_url, headers=token.header, requests_per_second=settings.requests_per_second
        )
        yield Client(stack.enter_context(http), token)
