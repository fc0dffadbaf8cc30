"""The catalogue's decisions and the statements so far about a webinar -> the statements that are missing. Pure.

A statement cannot be taken back, only overridden: when a rule no longer sets a field, it is stated once more with the
value that everybody else states. The ids derive from the earlier statements, so reading the same log twice states
nothing twice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from connectors.business.catalogue import FIELDS, OVERRIDE, RULE, Decision
from connectors.toolkit.content_id import event_of
from contract.events import EVENT, Event, Webinar
from contract.instants import FIRST_INSTANT, format_instant

ID_PREFIX = "catalogue"
UNSAID = {"course": "", "language": "", "region": "", "format": "live", "timezone": ""}
"""What a field is reset to if only the catalogue ever set it."""


@dataclass(frozen=True, slots=True)
class Said:
    """The value that wins a field, and who stated it."""

    value: str
    authority: int
    ours: bool


def read(record: bytes) -> Webinar:
    """Reads a statement that is known to be valid."""
    event = EVENT.validate_json(record)
    assert isinstance(event, Webinar)
    return event


def in_effect(state: Collection[Webinar], decided: Mapping[str, Decision]) -> bool:
    """Whether the winning statements show that nothing is missing. False: the raw log has to be read."""
    for field in FIELDS:
        wins, decision = _winner(state, field), decided.get(field)
        if decision is None:
            if wins is not None and wins.ours:
                return False
        elif wins is None:
            return False
        elif decision.authority == RULE and wins.authority == OVERRIDE:
            # A manual statement of somebody else ranks above a rule; only the log shows whether there is one.
            if wins.ours:
                return False
        elif wins.value != decision.value:
            return False
    return True


def statements(
    webinar_id: str, said: Collection[Webinar], decided: Mapping[str, Decision], received_at: int
) -> list[Event]:
    """The statements that put the catalogue's decisions into effect, given all statements about the webinar so far."""
    of_authority: dict[int, dict[str, str]] = {}
    for field in FIELDS:
        wins = _winner(said, field)
        value, authority = _wanted(field, said, decided.get(field), wins)
        if value != (wins.value if wins else None) and value is not None:
            of_authority.setdefault(max(authority, wins.authority if wins else RULE), {})[field] = value
    return [
        _statement(webinar_id, authority, labels, said, received_at)
        for authority, labels in sorted(of_authority.items())
    ]


def _wanted(
    field: str, said: Collection[Webinar], decision: Decision | None, wins: Said | None
) -> tuple[str | None, int]:
    """The value that has to win (None: any), and the least authority that it needs."""
    others = _winner([one for one in said if not _is_ours(one)], field)
    if decision is not None and (decision.authority == OVERRIDE or others is None or others.authority < OVERRIDE):
        return decision.value, decision.authority
    if wins is None or not wins.ours:
        return None, RULE
    return (others.value if others else UNSAID[field]), RULE


def _statement(
    webinar_id: str, authority: int, labels: Mapping[str, str], said: Collection[Webinar], received_at: int
) -> Event:
    before = [one.occurred_at for one in said if (one.authority or 0) == authority]
    # Later than all statements with this authority; else as late as the latest one, whose time is not in doubt.
    occurred_at = max(before) + 1 if before else max((one.occurred_at for one in said), default=FIRST_INSTANT)
    content: dict[str, object] = {
        "type": "webinar",
        "webinar_id": webinar_id,
        "platform": webinar_id.partition(":")[0] or webinar_id,
        "authority": authority,
        "occurred_at": format_instant(occurred_at),
        **labels,
    }
    return event_of(content, received_at, ID_PREFIX)


def _winner(said: Iterable[Webinar], field: str) -> Said | None:
    saying = [one for one in said if getattr(one, field) is not None]
    if not saying:
        return None
    # The worker breaks a tie between two contents under one id; our own ids never have one.
    wins = max(saying, key=lambda one: (one.authority or 0, one.occurred_at, one.event_id, getattr(one, field)))
    return Said(getattr(wins, field), wins.authority or 0, _is_ours(wins))


def _is_ours(one: Webinar) -> bool:
    return one.event_id.startswith(f"{ID_PREFIX}:")
