"""What the generic webhook offers to the webhook server and the command line."""

from collections.abc import Sequence
from pathlib import Path

from connectors.connector import Connector
from connectors.generic import load
from connectors.generic.describe import Description, Token
from connectors.generic.mapping import SERVICE, map_described
from connectors.generic.settings import generic_settings, secret_of
from connectors.generic.webhook import name_of, receive
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.settings import SettingsError
from connectors.toolkit.io.text_file import text_of
from connectors.toolkit.marked import FileError, near
from connectors.webhook import Delivery, Refusal, Request, Trial

_TRY = "try one: funnel map generic FILE --mapping <path of a description, or a name such as jotform>"
_KEPT: dict[str, tuple[tuple[int, int], Description]] = {}
"""By path: the file's description, with its time and size when read. A changed file is read again."""


def _names() -> list[str]:
    """All form services with a description: those with a file, and built-in ones for which a secret is set."""
    own = generic_settings()
    return sorted({*load.names(own.folder), *(own.secrets.keys() & set(load.names(load.READY)))})


def _described(name: str) -> Description | None:
    """The current description of a form service from its file; else the built-in one. Raises SettingsError."""
    own = generic_settings()
    described = _file(own.folder / f"{name}.yaml", name)
    if described is None and name in own.secrets:
        described = _file(load.READY / f"{name}.yaml", name)
    return described


def _file(path: Path, name: str) -> Description | None:
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
    names = _names()
    if not names:
        raise SettingsError(
            f"{generic_settings().folder} holds no description of a form service (FUNNEL_GENERIC_FOLDER says where "
            f"they are). For {', '.join(load.names(load.READY))} a secret is enough: FUNNEL_GENERIC_SECRETS__<NAME>=…; "
            "for others copy connectors/samples/webhook-example.yaml there and change it."
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
    """By the first description that matches; if none does, the reason of each."""
    rejected: list[Mapped] = []
    for name in _names():
        description = _described(name)
        mapped = map_described(body, name, description, context) if description else []
        if mapped and not any(isinstance(one, Rejection) for one in mapped):
            return mapped
        rejected += [Rejection(one.reason, f"{name}: {one.detail}") for one in mapped if isinstance(one, Rejection)]
    return rejected or [
        Rejection(Reason.UNKNOWN_KIND, f"no description of a form service matches this payload; {_TRY}")
    ]


def map_by(payload: bytes, context: Context, description: str) -> Sequence[Mapped]:
    """The same by one description: the path of a file, or the name of a built-in one. Raises FileError."""
    path = Path(description)
    text = text_of(path)
    if text is None and description in load.names(load.READY):
        path = load.READY / f"{description}.yaml"
        text = text_of(path)
    if text is None:
        raise FileError(
            f"{description}: no such file, and no ready description; {near(description, load.names(load.READY))}"
        )
    return map_described(payload, path.stem, load.describe(text, str(path)), context)


def _trials(_: int) -> Sequence[Trial]:
    """Of those whose secret is in the address anyway: others' would get into the logs on the way."""
    described = {name: _described(name) for name in _names()}
    return [
        Trial(f"{SERVICE}/{name}.{secret_of(name)}", method="GET", expected=b"ok")
        for name, one in described.items()
        if one is not None and isinstance(one.protection, Token) and one.protection.place == "address"
    ]


CONNECTOR = Connector(
    name=SERVICE,
    title="Generic webhook",
    capabilities=None,
    cannot="It cannot report more than its form service sends; a rule says which webinar a registration is for, unless "
    "the service sends that too.",
    configured=_configured,
    map_payload=_map_payload,
    receive=_receive,
    is_tried=True,
    trials=_trials,
)
