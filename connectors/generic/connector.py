"""What the generic webhook offers to the webhook server and the command line."""

from collections.abc import Sequence

from connectors.connector import Connector
from connectors.generic import load
from connectors.generic.describe import Description
from connectors.generic.mapping import SERVICE, map_described
from connectors.generic.settings import generic_settings, secret_of
from connectors.generic.webhook import name_of, receive
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.marked import FileError
from connectors.settings import SettingsError
from connectors.webhook import Delivery, Refusal, Request

_KEPT: dict[str, tuple[tuple[int, int], Description]] = {}
"""By path: what the file said, and its time and size then. Read again once it has changed."""


def _described(name: str) -> Description | None:
    """The description of a form service as its file says it now. Raises SettingsError."""
    path = generic_settings().folder / f"{name}.yaml"
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    version = (status.st_mtime_ns, status.st_size)
    kept = _KEPT.get(str(path))
    if kept is not None and kept[0] == version:
        return kept[1]
    try:
        description = load.load(path.parent, name)
    except FileError as error:
        raise SettingsError(error.in_one_line) from error
    if description is not None:
        _KEPT[str(path)] = (version, description)
    return description


def _configured() -> None:
    folder = generic_settings().folder
    names = load.names(folder)
    if not names:
        raise SettingsError(
            f"{folder} holds no description of a form service (FUNNEL_GENERIC_FOLDER says where they are). "
            "Copy connectors/samples/webhook-example.yaml there and change it."
        )
    for name in names:
        _described(name)
        secret_of(name)


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    name, _ = name_of(request)
    description = _described(name)
    if description is None:
        return Refusal(401, "token")
    return receive(request, context, name, description, secret_of(name))


def _map_payload(body: bytes, context: Context) -> Sequence[Mapped]:
    """By the first description that fits; if none does, what each of them says against it."""
    rejected: list[Mapped] = []
    for name in load.names(generic_settings().folder):
        description = _described(name)
        mapped = map_described(body, name, description, context) if description else []
        if mapped and not any(isinstance(one, Rejection) for one in mapped):
            return mapped
        rejected += [Rejection(one.reason, f"{name}: {one.detail}") for one in mapped if isinstance(one, Rejection)]
    return rejected or [Rejection(Reason.UNKNOWN_KIND, "no description of a form service counts this payload")]


CONNECTOR = Connector(
    name=SERVICE,
    title="Generic webhook",
    tells=None,
    cannot="It cannot tell more than its form service sends; which webinar a registration is for says a rule, unless "
    "the service sends that too.",
    configured=_configured,
    map_payload=_map_payload,
    receive=_receive,
)
