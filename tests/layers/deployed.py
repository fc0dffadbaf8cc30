"""What files that deploy the software are held against: every setting, its default, and which are secrets."""

import re
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from alerts.settings import AlertSettings
from connectors.bigmarker.settings import BigMarkerSettings
from connectors.generic.settings import GenericSettings
from connectors.goto.settings import GotoSettings
from connectors.livestorm.settings import LivestormSettings
from connectors.settings import ConnectorSettings
from connectors.table.settings import SheetsSettings, TableSettings
from connectors.tilda.settings import TildaSettings
from connectors.typeform.settings import TypeformSettings
from connectors.webhooks.settings import WebhookSettings
from connectors.zoom.settings import ZoomSettings
from funnel.answers.settings import AnswerSettings, ApiSettings
from funnel.stack.grafana.settings import GrafanaSettings
from streams.settings import Settings
from tests.layers.sources import ROOT

Json = dict[str, Any]

OF_ALL = (Settings, AnswerSettings, ConnectorSettings, WebhookSettings, GrafanaSettings)
OF_SERVICES = (
    ZoomSettings,
    BigMarkerSettings,
    TypeformSettings,
    TildaSettings,
    GenericSettings,
    LivestormSettings,
    GotoSettings,
    TableSettings,
    SheetsSettings,
    AlertSettings,
    ApiSettings,
)
"""What only those need who use the service."""
ALERTING = AlertSettings.model_fields
POLLED: dict[str, type[BaseSettings]] = {
    "zoom": ZoomSettings,
    "bigmarker": BigMarkerSettings,
    "goto": GotoSettings,
    "livestorm": LivestormSettings,
    "sheets": SheetsSettings,
}
USERS_OF = {
    who: (f"FUNNEL_{prefix}CLICKHOUSE_USER", f"FUNNEL_{prefix}CLICKHOUSE_PASSWORD")
    for who, prefix in {"worker": "", "migrator": "MIGRATOR_", "reader": "GRAFANA_", "analyst": "ANALYST_"}.items()
}
OF_USERS = {name for names in USERS_OF.values() for name in names}


def settings(*kinds: type[BaseSettings]) -> dict[str, str]:
    """Environment name -> default of every setting; a secret without a default has an empty one."""
    return {
        f"{kind.model_config.get('env_prefix')}{name}".upper(): default_text(field)
        for kind in kinds
        for name, field in kind.model_fields.items()
    }


def default_text(field: FieldInfo) -> str:
    if field.is_required() or field.default is None:
        return ""
    return field.default.get_secret_value() if isinstance(field.default, SecretStr) else str(field.default)


def env_example(mark: str = "") -> dict[str, str]:
    """The settings that are said, or with the mark "# " those that stand there to be said."""
    found = re.findall(rf"^{mark}([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M)
    return dict(found)


def interpolated(text: str) -> set[str]:
    return set(re.findall(r"\$\{(\w+)", text))
