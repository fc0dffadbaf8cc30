"""A form's registration and its webinar -> the contract's events, with ids derived from the submission. Pure."""

from connectors.mapped import FormRegistration, Rejection
from connectors.toolkit.content_id import identified_event
from contract.events import Event
from contract.instants import format_instant


def registration_event(one: FormRegistration, webinar_id: str, received_at: int, moves: int = 0) -> Event | Rejection:
    """The registration for that webinar. Its id is `<service>:<submission>`, whenever it is made.

    `moves`: how often `funnel remap` has moved it; each has an id of its own, as an id is unique across webinars.
    """
    content = {
        "type": "registration",
        "status": one.status,
        "country": one.country,
        "timezone": one.timezone,
        "source": dict(one.source) if one.source else None,
        "is_test": one.is_test,
        **_who_and_when(one, webinar_id, moves),
    }
    event_id = f"{one.service}:{one.submission}" + (f":moved-{moves}" if moves else "")
    return identified_event(content, received_at, event_id)


def withdrawal_event(one: FormRegistration, webinar_id: str, received_at: int, moves: int) -> Event | Rejection:
    """Withdraws the registration that the same `moves` made for that webinar.

    It has the same instant, at which a withdrawal wins: so the person is in both webinars at no earlier moment either.
    """
    content = {"type": "registration", "status": "withdrawn", **_who_and_when(one, webinar_id, moves)}
    return identified_event(content, received_at, f"{one.service}:{one.submission}:withdrawn-{moves + 1}")


def _who_and_when(one: FormRegistration, webinar_id: str, moves: int) -> dict[str, object]:
    # A registration can return to a webinar after two moves at the earliest, and must be later than its withdrawal.
    occurred_at = one.submitted_at + moves // 2
    return {
        "platform": one.service,
        "webinar_id": webinar_id,
        "occurred_at": format_instant(occurred_at),
        **one.person,
    }
