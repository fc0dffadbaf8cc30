"""Sends folders and dashboards to a Grafana elsewhere, by its HTTP API
(https://grafana.com/docs/grafana/latest/developers/http_api/). Its data source and alert rules are not touched."""

import json
from typing import Any

import httpx

from funnel.stack.grafana.server import providers
from grafana.base import DATA_SOURCE

_DATA_SOURCE: str = DATA_SOURCE["uid"]
_SECONDS = 30.0


class UploadError(Exception):
    """That Grafana refused something. The text is one line with the reason."""


def upload(address: str, token: str) -> int:
    """Writes every dashboard into its folder, replacing the one with the same uid, unless people may have changed it.
    Returns how many.

    Raises UploadError; dashboards sent before that stay. Sending again is harmless.
    """
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=_SECONDS) as http:
        if not _exists(http, f"/api/datasources/uid/{_DATA_SOURCE}"):
            raise UploadError(
                f"it has no data source with the uid {_DATA_SOURCE}: provision it with grafana/provisioning/datasources"
            )
        sent = 0
        for one in providers():
            if not _exists(http, f"/api/folders/{one.uid}"):
                _ask(http, "POST", "/api/folders", {"uid": one.uid, "title": one.title})
            for path in sorted(one.place.glob("*.json")):
                page = json.loads(path.read_text())
                if one.is_editable and _exists(http, f"/api/dashboards/uid/{page['uid']}"):
                    continue
                body = {"dashboard": page, "folderUid": one.uid, "overwrite": True}
                _ask(http, "POST", "/api/dashboards/db", body)
                sent += 1
    return sent


def _exists(http: httpx.Client, path: str) -> bool:
    return _ask(http, "GET", path, None, missing=True).status_code == 200


def _ask(http: httpx.Client, method: str, path: str, body: Any, *, missing: bool = False) -> httpx.Response:
    """The response, which has status 200, or 404 if `missing`."""
    try:
        answer = http.request(method, path, json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UploadError(f"it does not answer ({error})") from error
    if answer.status_code == 200 or (missing and answer.status_code == 404):
        return answer
    if answer.status_code in (401, 403):
        raise UploadError(
            f"it refuses FUNNEL_GRAFANA_TOKEN ({answer.status_code} to {method} {path}): its service account has to "
            "read data sources and to write folders and dashboards"
        )
    raise UploadError(f"it answered {answer.status_code} to {method} {path}: {_said(answer)}")


def _said(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])[:200]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase or "nothing more"
