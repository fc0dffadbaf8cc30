"""The connectors' HTTP client: paced, retried with backoff and jitter, errors in one line. The only user of httpx.

Retried: connection errors, timeouts, truncated bodies, 429 (after `Retry-After`, if given) and 5xx.
"""

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential_jitter

from connectors.toolkit.reading import holds_email

_LONGEST_WAIT_SECONDS = 300.0
_A_YEAR_SECONDS = 366 * 86_400.0

ON_REQUEST: ContextVar[Callable[[str, str], None]] = ContextVar("ON_REQUEST", default=lambda _doing, _trouble: None)
"""A long-running caller sets it for its own thread. It is called before each attempt with what is being done and what
is wrong now (empty: nothing), and again when that is over."""


HURRIED: ContextVar[bool] = ContextVar("HURRIED", default=False)
"""Set where a person waits for the answer: two attempts, and no long waiting before the second."""
_HURRIED_TRIES = 2
_HURRIED_SECONDS = 5.0


class ServiceError(Exception):
    """The service does not answer, or not as expected. The text is one line: the cause, and what to do."""

    def __init__(self, text: str, status: int | None = None, code: object = None) -> None:
        super().__init__(text)
        self.status = status
        """The HTTP status that was the reason, for clients that handle it."""
        self.code = code
        """The `code` in the service's JSON, if there is one."""


class _PassingError(Exception):
    """An error that a retry may resolve."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after
        """Seconds that the service wants us to wait."""


@cache
def _tls() -> ssl.SSLContext:
    """The trusted certificate authorities, read once: reading them takes longer than a request."""
    return httpx.create_ssl_context()


class Http:
    """A service's API: `with Http("BigMarker", base_url, headers=…) as http: http.get("/conferences")`.

    Not for use by several threads at once.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
        requests_per_second: float = 1.0,
        tries: int = 6,
        timeout_seconds: float = 30.0,
        backoff_seconds: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`headers` may be a function, called before every attempt, because tokens expire. `tries`: attempts in all."""
        self._service = service
        self._headers = headers
        self._interval = 1.0 / requests_per_second
        self._sleep = sleep
        self._next_at = 0.0
        self._trouble = ""
        """Why the last attempt has to be repeated."""
        backoff = wait_exponential_jitter(multiplier=backoff_seconds, max=60.0, jitter=backoff_seconds)
        self._retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            wait=lambda state: _wait(state, backoff(state)),
            stop=lambda state: state.attempt_number >= (min(tries, _HURRIED_TRIES) if HURRIED.get() else tries),
            before_sleep=self._report_trouble,
            sleep=sleep,
            reraise=True,
        )
        self._client = httpx.Client(base_url=base_url, timeout=timeout_seconds, follow_redirects=False, verify=_tls())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, tolerate: Collection[int] = ()
    ) -> Any | None:
        """The JSON of the response; None for a status in `tolerate`. Raises ServiceError."""
        return self._json("GET", path, params, tolerate=tolerate)

    def post(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        json: object = None,
        tolerate: Collection[int] = (),
    ) -> Any | None:
        """The same for a POST, with the form or the JSON as its body. Raises ServiceError."""
        return self._json("POST", path, params, form=form, json=json, tolerate=tolerate)

    def text(self, path: str, params: Mapping[str, str | int] | None = None) -> str:
        """The text of the response, such as a published CSV; redirects are followed. Raises ServiceError."""
        return self._answer("GET", path, params, follow=True).text

    def _json(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        *,
        form: Mapping[str, str] | None = None,
        json: object = None,
        tolerate: Collection[int] = (),
    ) -> Any | None:
        answer = self._answer(method, path, params, form=form, json=json, tolerate=tolerate)
        if answer.status_code in tolerate:
            return None
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            raise ServiceError(
                f"{self._service} answered {method} {_shown(path)} with something that is no JSON: is its base "
                "address right?"
            ) from error

    def _answer(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        *,
        form: Mapping[str, str] | None = None,
        json: object = None,
        tolerate: Collection[int] = (),
        follow: bool = False,
    ) -> httpx.Response:
        try:
            for attempt in self._retrying:
                with attempt:
                    return self._try(method, path, params, form, json, tolerate, follow)
        except _PassingError as error:
            way_out = f"Does {self._client.base_url} lead to it, and is there a network?"
            raise ServiceError(
                f"{self._service} does not answer {method} {_shown(path)}: {error}. "
                f"{way_out if HURRIED.get() else 'It is tried again at the next poll.'}"
            ) from error
        raise AssertionError("Retrying ends by returning or raising")

    def _try(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        form: Mapping[str, str] | None,
        json: object,
        tolerate: Collection[int],
        follow: bool,
    ) -> httpx.Response:
        self._pace()
        ON_REQUEST.get()(f"asking {self._service}", self._trouble)
        headers = self._headers() if callable(self._headers) else self._headers
        try:
            answer = self._client.request(
                method, path, params=params, data=form, json=json, headers=headers, follow_redirects=follow
            )
        except httpx.RequestError as error:
            if (why := _certificate(error)) is not None:
                raise ServiceError(
                    f"{self._service}'s certificate is not valid ({why}): is {self._client.base_url} right? If a proxy "
                    "of your own is in between, name its authority's file in SSL_CERT_FILE."
                ) from error
            raise _PassingError(type(error).__name__) from error
        status = answer.status_code
        if status in tolerate or answer.is_success:
            if self._trouble:
                self._trouble = ""
                ON_REQUEST.get()(f"reading the answer of {self._service}", "")
            return answer
        if status == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            after = _retry_after(answer.headers.get("retry-after", ""))
            if status == httpx.codes.TOO_MANY_REQUESTS and after is not None and after > _LONGEST_WAIT_SECONDS:
                # The quota of a day or a month: a retry before it renews would get the same answer.
                until = datetime.now(UTC) + timedelta(seconds=min(after, _A_YEAR_SECONDS))
                raise ServiceError(
                    f"{self._service}'s quota is used up until {until:%Y-%m-%d %H:%M} UTC ({method} {_shown(path)}): "
                    "poll less often, or have the quota raised. Missing data is read then.",
                    status,
                )
            if HURRIED.get() and after is not None and after > _HURRIED_SECONDS:
                raise ServiceError(
                    f"{self._service} is asked too often (status {status}): it wants a pause of {after:,.0f} s. Try "
                    "again then.",
                    status,
                )
            raise _PassingError(f"status {status}", after)
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise ServiceError(
                f"{self._service} refuses {method} {_shown(path)} (status {status}): is its key right, and what it may "
                "read?",
                status,
                _code(answer),
            )
        moved = f" It redirects to {_host(answer)}: is its base address right?" if answer.has_redirect_location else ""
        raise ServiceError(
            f"{self._service} answered {method} {_shown(path)} with status {status}.{moved}", status, _code(answer)
        )

    def _report_trouble(self, state: RetryCallState) -> None:
        assert state.outcome is not None
        assert state.next_action is not None
        again = f"again in {state.next_action.sleep:.0f} s"
        self._trouble = f"{self._service} does not answer ({state.outcome.exception()}); it is asked {again}"
        ON_REQUEST.get()(f"waiting for {self._service}", self._trouble)

    def _pace(self) -> None:
        now = time.monotonic()
        if self._next_at > now:
            self._sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + self._interval


def _shown(path: str) -> str:
    """The path without the addresses of users in it: errors are logged, and published with the run."""
    return "/".join("…" if holds_email(part) else part for part in path.split("/"))


def _wait(state: RetryCallState, backoff: float) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _PassingError) else None
    wait = backoff if asked is None else min(asked, _LONGEST_WAIT_SECONDS)
    return min(wait, _HURRIED_SECONDS) if HURRIED.get() else wait


def _certificate(error: BaseException) -> str | None:
    """Why a certificate was refused, if that is the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return None


def _host(answer: httpx.Response) -> str:
    try:
        return answer.url.join(answer.headers["location"]).host
    except httpx.InvalidURL:
        return "an invalid address"


def _code(answer: httpx.Response) -> object:
    try:
        said = answer.json()
    except ValueError:
        return None
    return said.get("code") if isinstance(said, dict) else None


def _retry_after(text: str) -> float | None:
    """Seconds; the header holds seconds, an HTTP date (RFC 9110, 10.2.3), or an ISO time (Zoom's daily limit)."""
    if text.isdecimal():
        return float(text)
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
        except ValueError:
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    return None
