"""Whether a webinar recurs: a report does not say so, but Zoom's API does, if it is configured."""

from collections.abc import Callable
from functools import partial

from connectors.pipeline.zoom_names import Kind, Names
from connectors.settings import SettingsError
from connectors.toolkit.io.http import Http, ServiceError
from connectors.zoom.client import open_client
from connectors.zoom.occurrence import SINGLE, kind_of
from connectors.zoom.payload import FieldError, Fields
from connectors.zoom.settings import rest_settings

_TRIES = 2
"""Short, because somebody waits for the import."""


class ReportNames:
    """Names the webinars of reports (connectors/pipeline/zoom_names.py)."""

    def __init__(self, names: Names, kind: Kind | None, tell: Callable[[str], object]) -> None:
        """`kind`: given by a person; Zoom is not queried then. `tell` gets a line if Zoom cannot be queried."""
        self._names = names
        self._kind = kind
        self._tell = tell
        self._asked: dict[str, Kind | None] = {}

    def name(self, number: str, start: int, timezone: str) -> str:
        """See Names.of_report."""
        return self._names.of_report(number, start, timezone, self._kind or self._kind_of(number))

    def is_sure(self, number: str) -> bool:
        """Whether it is known if that webinar recurs, so that nothing had to be guessed."""
        said = self._kind or self._asked.get(number)
        return said is not None or self._names.is_decided_by_zoom(number)

    def _kind_of(self, number: str) -> Kind | None:
        if self._names.is_decided_by_zoom(number):
            return None
        if number not in self._asked:
            self._asked[number] = self._ask(number)
        return self._asked[number]

    def _ask(self, number: str) -> Kind | None:
        try:
            settings = rest_settings()
        except SettingsError:
            return None
        try:
            with open_client(settings, partial(Http, tries=_TRIES)) as client:
                row = client.webinar(number)
            return None if row is None else "single" if kind_of(Fields(row)) == SINGLE else "recurring"
        except (ServiceError, FieldError) as error:
            self._tell(f"Zoom does not say whether webinar {number} recurs ({error}), so the names known here decide.")
            return None
