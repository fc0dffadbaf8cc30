"""Puts folders, data source, dashboards and home into a Grafana elsewhere, by its HTTP API.

https://grafana.com/docs/grafana/latest/developers/http_api/ (folder, data source, dashboard, preferences). Alert rules
and their ways out are not put there: they are files of its own (grafana/provisioning/alerting).
"""

import json
import urllib.error
import urllib.request
from typing import Any

import yaml

from funnel.stack.errors import StackError
from funnel.stack.grafana.server import FILES, MOUNTED
from funnel.stack.grafana.settings import GrafanaSettings
from streams.settings import Settings

_EXISTS = (409, 412)
_TIMEOUT_SECONDS = 20


def provision(grafana: GrafanaSettings, settings: Settings) -> int:
    """Returns how many dashboards are there now. What is there of theirs is replaced. Raises StackError."""
    if _call(grafana, "GET", "/api/datasources/uid/clickhouse", tolerate=(404,)) is None:
        _call(grafana, "POST", "/api/datasources", _data_source(settings))
    number = 0
    for path in sorted((FILES / "provisioning/dashboards").glob("*.yaml")):
        (provider,) = yaml.safe_load(path.read_text())["providers"]
        folder = {"uid": provider["folderUid"], "title": provider["folder"]}
        _call(grafana, "POST", "/api/folders", folder, tolerate=_EXISTS)
        for page in sorted((FILES / "dashboards" / provider["options"]["path"].removeprefix(f"{MOUNTED}/")).iterdir()):
            dashboard = json.loads(page.read_text()) | {"id": None}
            said = {"dashboard": dashboard, "folderUid": folder["uid"], "overwrite": True, "message": "funnel up"}
            _call(grafana, "POST", "/api/dashboards/db", said)
            number += 1
    _call(grafana, "PATCH", "/api/org/preferences", {"homeDashboardUID": "today"})
    return number


def _data_source(settings: Settings) -> dict[str, Any]:
    """That of the provisioning, with the read-only user of these settings."""
    (source,) = yaml.safe_load((FILES / "provisioning/datasources/clickhouse.yaml").read_text())["datasources"]
    source["jsonData"] |= {
        "host": settings.clickhouse_host,
        "port": settings.clickhouse_port,
        "username": settings.grafana_clickhouse_user,
        "defaultDatabase": settings.clickhouse_database,
    }
    source["secureJsonData"] = {"password": settings.grafana_clickhouse_password.get_secret_value()}
    return {name: value for name, value in source.items() if name not in ("orgId", "editable", "version")}


def _call(grafana: GrafanaSettings, method: str, path: str, body: object = None, tolerate: tuple[int, ...] = ()) -> Any:
    """The JSON of the answer; None for a status of `tolerate`."""
    address = grafana.url.rstrip("/") + path
    headers = {"Authorization": f"Bearer {grafana.token.get_secret_value()}", "Content-Type": "application/json"}
    try:
        request = urllib.request.Request(address, json.dumps(body).encode() if body else None, headers, method=method)
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in tolerate:
                return None
        if error.code in (401, 403):
            raise StackError(f"{grafana.url} refuses {path}: is GRAFANA_TOKEN that of an administrator?") from error
        raise StackError(f"{grafana.url} answered {method} {path} with status {error.code}") from error
    except (OSError, ValueError) as error:
        raise StackError(f"no Grafana answers at GRAFANA_URL={grafana.url}: {error}") from error
