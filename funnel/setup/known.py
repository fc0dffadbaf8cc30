"""Which settings there are, to name those in `.env` that nothing reads."""

import difflib
from collections.abc import Iterator

from pydantic_settings import BaseSettings

import alerts.settings
import connectors.webhooks.settings
import funnel.stack.grafana.settings
import streams.settings
from connectors.registry import connectors as all_connectors
from funnel.setup.env_file import values_of

_OURS = "FUNNEL_"
_OF_EACH_FORM = "FUNNEL_GENERIC_SECRETS__"
_LOADED = (alerts.settings, connectors.webhooks.settings, funnel.stack.grafana.settings, streams.settings)
"""With the connectors', they define every setting."""


def known_names() -> frozenset[str]:
    """The names of all settings, as they stand in `.env`."""
    for _ in all_connectors():
        pass
    return frozenset(
        f"{kind.model_config.get('env_prefix', '')}{field}".upper()
        for kind in _below(BaseSettings)
        for field in kind.model_fields
    )


def unknown(text: str) -> Iterator[str]:
    """A line for each setting of ours in the text of `.env` that nothing reads."""
    known = known_names()
    for name in values_of(text):
        if name.startswith(_OURS) and name not in known and not name.startswith(_OF_EACH_FORM):
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            yield f".env: nothing reads {name}{f'; did you mean {close[0]}?' if close else ''}. It stays as it is."


def _below(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
