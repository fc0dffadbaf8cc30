"""Content from a service -> the contract's event, with an id derived from the content. Pure."""

from collections.abc import Callable
from hashlib import blake2b

import orjson
from pydantic import ValidationError

from connectors.mapped import Context, Reason, Rejection
from connectors.toolkit.texts import cleaned_content
from contract.decode import DeadLetter, dead_letter, out_of_range
from contract.decode import Reason as Dead
from contract.events import EVENT, Event
from contract.instants import format_instant

_REASONS = {
    Dead.NOT_JSON: Reason.UNREADABLE,
    Dead.UNKNOWN_VALUE: Reason.UNKNOWN_KIND,
    Dead.MISSING_FIELD: Reason.MISSING_FIELD,
    Dead.WRONG_FORM: Reason.WRONG_FORM,
    Dead.TIME_OUT_OF_RANGE: Reason.TIME_OUT_OF_RANGE,
}


def event_of(content: dict[str, object], received_at: int, id_prefix: str) -> Event:
    """The contract's event with that content; `event_id` is `id_prefix:<hash of the content>`.

    So the same input gives the same id on every run, and two contents never share one (docs/contract.md, "event_id").
    Texts are cleaned first (connectors/toolkit/texts.py); fields with None are left out.
    Raises pydantic's ValidationError if the content breaks the contract.
    """
    said = {field: value for field, value in cleaned_content(content).items() if value is not None}
    digest = content_hash(said)
    return EVENT.validate_python(
        {
            **said,
            "event_id": f"{id_prefix}:{digest}",
            "received_at": format_instant(received_at),
            "schema_version": 1,
        }
    )


def content_hash(content: object) -> str:
    """128 bits in hex over canonical JSON (sorted keys, no spaces)."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def mapped_event(content: dict[str, object], context: Context, id_prefix: str) -> Event | Rejection:
    """The same for a service's content: a rejection if the workers would not accept it.

    So nothing that a connector publishes becomes a dead letter. The caller has to cut texts too long for a record.
    """
    return _checked(lambda: event_of(content, context.received_at, id_prefix), context.received_at)


def identified_event(content: dict[str, object], received_at: int, event_id: str) -> Event | Rejection:
    """The same with a given id that determines the content, such as that of a form's submission."""
    known = {"event_id": event_id, "received_at": format_instant(received_at), "schema_version": 1}
    return _checked(lambda: EVENT.validate_python({**cleaned_content(content), **known}), received_at)


def _checked(make: Callable[[], Event], received_at: int) -> Event | Rejection:
    try:
        event = make()
    except ValidationError as error:
        return _rejection(dead_letter(error))
    except orjson.JSONEncodeError:
        return Rejection(Reason.WRONG_FORM, "an id holds half a character (a lone surrogate)")
    dead = out_of_range(event, received_at)
    return event if dead is None else _rejection(dead)


def _rejection(dead: DeadLetter) -> Rejection:
    return Rejection(_REASONS[dead.reason], dead.detail)
