"""Connects a service: its values are tried with the service itself before `.env` gets them."""

import secrets
from collections.abc import Mapping

from connectors.connector import Connector
from connectors.pipeline.polling import can_be_polled
from connectors.toolkit.io.http import HURRIED
from funnel.setup.asker import Asker
from funnel.setup.questions import of_setting
from funnel.setup.world import trying

_MADE_BYTES = 16


def asked_values(one: Connector, asker: Asker, known: Mapping[str, str], *, again: bool = False) -> dict[str, str]:
    """The values that the service needs. Known ones are taken as they are, unless asked `again`. Raises SetupError."""
    values = {}
    for asked in one.asks:
        if asked.made:
            values[asked.setting] = known.get(asked.setting) or secrets.token_hex(_MADE_BYTES)
        elif asker.is_person and asked.setting in known and not again:
            values[asked.setting] = known[asked.setting]
        else:
            values[asked.setting] = asker.ask(of_setting(one.name, asked)) or known.get(asked.setting, "")
    return {name: value for name, value in values.items() if value}


def tried(one: Connector, values: Mapping[str, str]) -> str:
    """What the service says to these values, in one line. Raises ServiceError, SettingsError."""
    hurried = HURRIED.set(True)
    try:
        with trying(values):
            one.configured()
            if one.check is None or not can_be_polled(one):
                return f"{one.title}: configured; it has nothing that could be asked."
            return one.check()
    finally:
        HURRIED.reset(hurried)
