"""What would be published of mapped input, without publishing or storing anything: `funnel map`."""

from collections.abc import Iterator, Sequence

from connectors.forms.directory import Directory
from connectors.forms.event import registration_event
from connectors.forms.file import RulesFile
from connectors.forms.rules import resolve
from connectors.mapped import FormRegistration, Mapped, Reason, Rejection
from connectors.pipeline.directory import KnownWebinars
from connectors.pipeline.state import State, state_path
from connectors.pipeline.zoom_names import Names
from connectors.settings import ConnectorSettings
from contract.events import Event, encode


def previewed(
    mapped: Sequence[Mapped], settings: ConnectorSettings, names: Names, now: int
) -> Iterator[bytes | Rejection]:
    """The events as they would be in the topics, by the current rules of forms.yaml."""
    rules = RulesFile(settings.business_dir)
    rules.refresh()
    directory = _directory(settings)
    for one in mapped:
        made = _registered(one, rules, directory, now) if isinstance(one, FormRegistration) else one
        yield made if isinstance(made, Rejection) else encode(*names.renamed([made]))


def _registered(one: FormRegistration, rules: RulesFile, directory: Directory, now: int) -> Event | Rejection:
    webinar_id = resolve(one, rules.rules, directory)
    if webinar_id is None:
        missing = f"{one.service}/{one.form}: no rule in {rules.path} finds its webinar"
        return Rejection(Reason.UNMAPPED_FORM, f"{missing}. {rules.error}".rstrip())
    return registration_event(one, webinar_id, now)


def _directory(settings: ConnectorSettings) -> Directory:
    if not state_path(settings.data_dir).exists():
        return Directory()
    with State(settings.data_dir) as state:
        return KnownWebinars(state).refresh()
