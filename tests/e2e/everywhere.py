"""A person whom every connector knows: what each service sends about it, through that connector's own mapping."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from connectors.generic.load import READY, load
from connectors.generic.mapping import map_described
from connectors.mapped import Context, FormRegistration, Mapped, Rejection
from connectors.registry import connector
from connectors.table.connector import map_table
from connectors.table.mapping_file import parse
from contract.instants import MINUTE, SECOND, format_instant
from tests.e2e.timing import now

_CONNECTORS = Path(__file__).parents[1] / "connectors"
FORM_RULES = "forms: [{service: typeform, webinar: '%s'}]\n"
_TABLE = """
kind: registrations
platform: zoom
timezone: UTC
columns: {webinar_id: Webinar, email: Mail, registered_at: At}
"""


class Said(NamedTuple):
    """A payload, and what its connector makes of it."""

    connector: str
    payload: bytes
    mapped: list[Mapped]


@dataclass(frozen=True)
class Person:
    """Of one test. `key`: the services' own id, all digits."""

    email: str
    key: str
    secret: str

    @property
    def context(self) -> Context:
        return Context(self.secret, now())


def webinar_ids() -> list[str]:
    """One of each platform, over, live and to come, named as the platform does."""
    number = f"8{uuid4().int % 10**10:010d}"
    return [
        f"zoom:{number}",
        f"bigmarker:{uuid4().hex[:12]}",
        f"livestorm:{uuid4()}",
        f"goto:5{number}",
        f"zoom:9{number[1:]}",
    ]


def said_of(who: Person, webinar_id: str, begin: int, *, attends: bool) -> Iterator[Said]:
    """What the platform sends about the person in that webinar."""
    platform, _, key = webinar_id.partition(":")
    messages = {"zoom": _zoom, "bigmarker": _bigmarker, "livestorm": _livestorm, "goto": _goto}[platform]
    for message in messages(who, key, begin, attends):
        payload = orjson.dumps(message)
        yield _checked(Said(platform, payload, list(connector(platform).map_payload(payload, who.context))))


def forms_of(who: Person, webinar_id: str) -> Iterator[Said]:
    """Registrations by forms and a table, the last for that webinar."""
    typeform = _loaded("typeform", "form_response")
    typeform["form_response"]["token"] = who.key
    payload = _named(orjson.dumps(typeform), who)
    yield _checked(Said("typeform", payload, list(connector("typeform").map_payload(payload, who.context))))
    tilda = _named((_CONNECTORS / "tilda/payloads/form.txt").read_bytes(), who)
    yield _checked(Said("tilda", tilda, list(connector("tilda").map_payload(tilda, who.context))))
    jotform, described = (
        _named((_CONNECTORS / "generic/payloads/jotform.txt").read_bytes(), who),
        load(READY, "jotform"),
    )
    assert described is not None
    yield _checked(Said("generic", jotform, list(map_described(jotform, "jotform", described, who.context))))
    table = f"Webinar,Mail,At\n{webinar_id.partition(':')[2]},{who.email},2026-01-01 09:00\n".encode()
    yield _checked(Said("table", table, list(map_table(table, who.context, parse(_TABLE, "table.yaml")))))


def ids_in(said: list[Said]) -> set[str]:
    """All person ids that the connectors have made of it."""
    found: set[str] = set()
    for one in (one for message in said for one in message.mapped):
        named = [getattr(one, "person_id", None), getattr(one, "same_as", None)]
        found |= {name for name in named if name}
        if isinstance(one, FormRegistration):
            found.add(str(one.person["person_id"]))
    return found


def _zoom(who: Person, number: str, begin: int, attends: bool) -> Iterator[dict[str, Any]]:
    about = {"id": number, "uuid": f"u{number}", "type": 5, "start_time": format_instant(begin)}
    registered = _loaded("zoom", "registration_created")
    registered["event_ts"] = begin - 6000 * MINUTE
    registered["payload"]["object"] |= about | {"id": int(number)}
    registered["payload"]["object"]["registrant"] |= {"email": who.email.upper(), "id": who.key}
    yield registered
    times = {"joined": ("join_time", begin + 2 * MINUTE), "left": ("leave_time", begin + 9 * MINUTE)}
    for kind, (name, at) in times.items() if attends else ():
        message = _loaded("zoom", f"participant_{kind}")
        message["event_ts"] = at
        message["payload"]["object"] |= about
        # Zoom hides the address of a guest: only the id of the registration says who it is.
        message["payload"]["object"]["participant"] |= {"email": "", "registrant_id": who.key, name: format_instant(at)}
        yield message


def _bigmarker(who: Person, key: str, begin: int, attends: bool) -> Iterator[dict[str, Any]]:
    person = {"email": who.email, "bmid": f"bm{who.key}", "conference_id": key, "start_time": format_instant(begin)}
    for name, changed in {
        "registrations_with_fields": {"registered_at": format_instant(begin - 6000 * MINUTE)},
        "attendees": {
            "entered_at": format_instant(begin + MINUTE),
            "leaved_at": format_instant(begin + 31 * MINUTE),
            "total_duration": "00:30:00",
        },
    }.items():
        listed = name.partition("_")[0]
        if attends or listed == "registrations":
            yield {listed: [_loaded("bigmarker", name)[listed][0] | person | changed]}


def _livestorm(who: Person, key: str, begin: int, attends: bool) -> Iterator[dict[str, Any]]:
    for kind in ("registered", "attended") if attends else ("registered",):
        message = _loaded("livestorm", f"people.{kind}")
        attributes = message["data"]["attributes"]
        at = {"created_at": begin // SECOND - 9000, "updated_at": begin // SECOND + 7200 * (kind == "attended")}
        attributes |= at | {"email": who.email}
        attributes["registrant_detail"] |= at | {"session_id": key}
        attributes["registrant_detail"]["fields"] = [{"id": "email", "value": who.email}]
        message["data"]["id"] = f"person-{who.key}"
        yield message


def _goto(who: Person, key: str, begin: int, attends: bool) -> Iterator[dict[str, Any]]:
    person = {"email": who.email.title(), "registrantKey": int(who.key), "webinarKey": int(key)}
    at = format_instant(begin - 6000 * MINUTE)
    yield _loaded("goto", "registrant.added") | person | {"registrationDate": at, "timestamp": at}
    if attends:
        joined = begin + 3 * MINUTE
        yield _loaded("goto", "registrant.joined") | person | {"timestamp": format_instant(joined), "joinTime": joined}


def _loaded(service: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((_CONNECTORS / service / "payloads" / f"{name}.json").read_bytes())
    return found


def _named(payload: bytes, who: Person) -> bytes:
    """A form's payload with this person's address, escaped as it was."""
    for sign in (b"@", b"%40"):
        for case in (b"Ann", b"ann"):
            for domain in (b"Example.com", b"example.com"):
                payload = payload.replace(case + sign + domain, who.email.encode().replace(b"@", sign))
    return payload


def _checked(said: Said) -> Said:
    assert said.mapped, said
    assert not [one for one in said.mapped if isinstance(one, Rejection)], said
    return said
