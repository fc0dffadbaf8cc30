"""The token of Zoom's REST API: Server-to-Server OAuth, reused until shortly before it expires."""

import time
from base64 import b64encode
from collections.abc import Callable

from connectors.toolkit.io.http import Http, ServiceError
from connectors.zoom.payload import FieldError, Fields
from connectors.zoom.settings import ZoomSettings

_RENEWED_BEFORE_SECONDS = 60.0


class Token:
    """Gives the header of every request; requests a token from Zoom if there is no valid one."""

    def __init__(self, http: Http, account_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._account_id = account_id
        self._clock = clock
        self._header: dict[str, str] = {}
        self._good_until = float("-inf")

    def header(self) -> dict[str, str]:
        """Raises ServiceError."""
        if self._clock() >= self._good_until:
            self._renew()
        return self._header

    def forget(self) -> None:
        """Drops a token that Zoom has refused: the next request gets another."""
        self._good_until = float("-inf")

    def _renew(self) -> None:
        asked_at = self._clock()
        form = {"grant_type": "account_credentials", "account_id": self._account_id}
        try:
            answer = self._http.post("/token", form=form)
            said = Fields(answer if isinstance(answer, dict) else {})
            token, seconds = said.data.get("access_token"), said.number("expires_in") or 0
        except FieldError as error:
            raise _unusable() from error
        except ServiceError as error:
            if error.status not in (400, 401, 403):
                raise
            raise ServiceError(
                "Zoom gives no token: are FUNNEL_ZOOM_ACCOUNT_ID, FUNNEL_ZOOM_CLIENT_ID and FUNNEL_ZOOM_CLIENT_SECRET "
                "those of an activated Server-to-Server OAuth app?",
                error.status,
            ) from error
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise _unusable()
        self._header = {"authorization": f"Bearer {token}"}
        self._good_until = asked_at + max(0.0, seconds - _RENEWED_BEFORE_SECONDS)


def oauth_http(settings: ZoomSettings) -> Http:
    """The client of Zoom's authorisation server."""
    pair = f"{settings.client_id}:{settings.client_secret.get_secret_value()}"
    return Http(
        "Zoom",
        settings.oauth_url,
        headers={"authorization": f"Basic {b64encode(pair.encode()).decode()}"},
        requests_per_second=settings.requests_per_second,
    )


def _unusable() -> ServiceError:
    return ServiceError("Zoom's answer to the request for a token holds none: is FUNNEL_ZOOM_OAUTH_URL right?")
