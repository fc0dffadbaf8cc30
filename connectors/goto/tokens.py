"""GoTo's access token, renewed before it expires. If GoTo issues another refresh token, that is stored."""

import os
import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson

from connectors.toolkit.io.http import Http, ServiceError

_EARLY_SECONDS = 60.0
"""The token is renewed this long before it expires."""


class Tokens:
    """`Http(…, headers=tokens.headers)`. Not for use by several threads at once."""

    def __init__(
        self, http: Http, refresh_token: str, kept_in: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`http`: of GoTo's authorisation server, with the client's own header (`client_headers`)."""
        self._http = http
        self._given = refresh_token
        self._kept_in = kept_in
        self._clock = clock
        self._access = ""
        self._until = 0.0

    def headers(self) -> dict[str, str]:
        """The header of a request to the API. Raises ServiceError."""
        if self._clock() >= self._until:
            self._renew()
        return {"Authorization": f"Bearer {self._access}"}

    def forget(self) -> None:
        """Drops the access token, which the API no longer accepts."""
        self._until = 0.0

    def _renew(self) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token()}
        answer = self._http.post("/oauth/token", form=form, tolerate=(400, 401, 403))
        access = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(access, str) or not isinstance(answer, dict):
            raise ServiceError(
                "GoTo does not take the refresh token (FUNNEL_GOTO_REFRESH_TOKEN) or the client "
                "(FUNNEL_GOTO_CLIENT_ID, FUNNEL_GOTO_CLIENT_SECRET). Get another as docs/services/goto.md says."
            )
        seconds = answer.get("expires_in")
        self._access = access
        self._until = self._clock() + max(0.0, float(seconds if isinstance(seconds, int) else 3600) - _EARLY_SECONDS)
        another = answer.get("refresh_token")
        if isinstance(another, str) and another != self._refresh_token():
            self._keep(another)

    def _refresh_token(self) -> str:
        """The one that GoTo issued last, unless another has been configured since."""
        try:
            kept = orjson.loads(self._kept_in.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return self._given
        fits = isinstance(kept, dict) and kept.get("in_place_of") == _fingerprint(self._given)
        return str(kept["token"]) if fits and "token" in kept else self._given

    def _keep(self, token: str) -> None:
        """Stores it owner-only and atomically."""
        self._kept_in.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._kept_in.with_suffix(".new")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps({"in_place_of": _fingerprint(self._given), "token": token}))
        half.replace(self._kept_in)


def client_headers(client_id: str, client_secret: str) -> dict[str, str]:
    """The HTTP Basic header of the OAuth client."""
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{client_secret}".encode()).decode()}


def _fingerprint(token: str) -> str:
    return sha256(token.encode()).hexdigest()
