"""The simulator's events about a webinar as Zoom's webhooks and Typeform's form posts. Pure.

Only what these services can report: Zoom has no signs of life, no recording views, no roles and no test accounts.
"""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from connectors.simulator.registering import Person
from connectors.simulator.webinars import Content, Planned
from connectors.toolkit.content_id import content_hash
from contract.instants import format_instant, parse_instant

FORM = "simulated-landing-page"
"""Typeform's id of the form. Only the business's rules say which webinar it is for (forms.yaml)."""

_FORM_FIELDS = frozenset({"utm_source", "utm_medium", "utm_campaign", "referrer"})
"""The values that a landing page passes in hidden fields."""
_ZOOM_STATUS = {
    "registered": "registration_created",
    "approved": "registration_approved",
    "cancelled": "registration_cancelled",
    "denied": "registration_denied",
}
_HOST = "hostSimulated0000000000"


class Posted(NamedTuple):
    """A service's POST to its webhook."""

    service: str
    body: bytes


def posted(content: Content, webinar: Planned, people: Mapping[object, Person]) -> Posted | Content | None:
    """The service's request for an event; the event itself if it comes another way (the catalogue's statements,
    staff, test accounts); None if neither service can report it. `people` by each of their ids.
    """
    if content["type"] == "webinar":
        return content if content.get("authority") else _webinar(content, webinar)
    person = people[content["person_id"]]
    if person.role is not None or person.is_test:
        return content
    if content["type"] == "registration":
        return _registration(content, webinar, person)
    if content["type"] == "identity":
        # A walk-in has no registration that could carry both ids.
        return _registrant("registration_approved", content, webinar, person) if person.registered_at else None
    return _participant(content, webinar, person)


def _registration(content: Content, webinar: Planned, person: Person) -> Posted:
    source = content.get("source") or {}
    assert isinstance(source, dict)
    if content["status"] != "registered" or not _FORM_FIELDS.issuperset(source):
        return _registrant(_ZOOM_STATUS[str(content["status"])], content, webinar, person, source.get("tracking_code"))
    token = content_hash([webinar.webinar_id, person.person_id, content["occurred_at"]])
    response = {
        "form_id": FORM,
        "token": token,
        "landed_at": content["occurred_at"],
        "submitted_at": content["occurred_at"],
        "hidden": {**source, "country": content.get("country")},
        "answers": [{"type": "email", "email": person.email, "field": {"id": "q1", "type": "email", "ref": "email"}}],
    }
    return Posted(
        "typeform", orjson.dumps({"event_id": token[:26], "event_type": "form_response", "form_response": response})
    )


def _registrant(
    kind: str, content: Content, webinar: Planned, person: Person, tracking_code: str | None = None
) -> Posted:
    registrant: Content = {
        "id": person.registrant_id,
        "email": person.email,
        "country": content.get("country"),
        "status": "approved" if kind in {"registration_created", "registration_approved"} else kind.split("_")[1],
    }
    if tracking_code is not None:
        registrant["tracking_source"] = {
            "id": "t1",
            "source_name": tracking_code,
            "tracking_url": "https://example.com",
        }
    return _zoom(kind, str(content["occurred_at"]), {**_about(webinar), "registrant": registrant})


def _participant(content: Content, webinar: Planned, person: Person) -> Posted | None:
    kind = content["kind"]
    if kind not in {"joined", "left"}:
        return None
    hidden = person.attends_as != person.person_id
    participant = {
        # A number for each stay, as Zoom gives one to every join.
        "user_id": str(int(str(content["session_id"])[:7], 16)),
        "user_name": "",
        "id": "",
        "email": "" if hidden else person.email,
        "registrant_id": person.registrant_id if hidden or person.registered_at else "",
        "join_time" if kind == "joined" else "leave_time": content["occurred_at"],
    }
    return _zoom(f"participant_{kind}", str(content["occurred_at"]), {**_about(webinar), "participant": participant})


def _webinar(content: Content, webinar: Planned) -> Posted:
    kind = {"scheduled": "created", "live": "started", "ended": "ended"}[str(content["status"])]
    extra: Content = {"practice_session": False} if kind != "created" else {}
    if kind == "ended":
        extra["end_time"] = content["occurred_at"]
    return _zoom(kind, str(content["occurred_at"]), {**_about(webinar), **extra})


def _about(webinar: Planned) -> Content:
    return {
        "uuid": f"{content_hash(webinar.webinar_id)[:22]}==",
        "id": int(webinar.webinar_id.partition(":")[2]),
        "host_id": _HOST,
        "topic": webinar.title,
        "type": 5,
        "start_time": format_instant(webinar.starts_at),
        "duration": webinar.duration_seconds // 60,
        "timezone": webinar.timezone,
    }


def _zoom(kind: str, occurred_at: str, about: Content) -> Posted:
    event = {
        "event": f"webinar.{kind}",
        "event_ts": parse_instant(occurred_at),
        "payload": {"account_id": "AccountSimulated000000", "object": about},
    }
    return Posted("zoom", orjson.dumps(event))
