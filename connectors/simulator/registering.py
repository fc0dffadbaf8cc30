"""Who registers, when and from where. Pure."""

from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from connectors.simulator.webinars import Content, Planned
from connectors.toolkit.identity import email_domain_id, email_person_id, registrant_person_id
from contract.instants import DAY, HOUR, MINUTE, SECOND

SECRET = "a simulation has no secrets"
"""The key of invented people's ids: public on purpose."""
STAFF_DOMAIN = "staff.example.com"

NEW_SOURCE = "influencer-y"
NEW_SOURCE_WEIGHT = 0.7
"""Additional registrants from the new source, for each one of the usual sources."""
_Sources: TypeAlias = list[tuple[float, float, Content | None]]
"""Share of the registrants, how likely they attend, the source as the registering service reports it."""
_USUAL: _Sources = [
    (0.22, 0.50, {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "weekly"}),
    (0.18, 0.34, {"utm_source": "Google", "utm_medium": "cpc", "utm_campaign": "brand"}),
    (0.14, 0.28, {"utm_source": "vk", "utm_medium": "social"}),
    (0.12, 0.45, {"tracking_code": "partner-7"}),
    (0.12, 0.38, {"referrer": "blog.example.org/why-python"}),
    (0.10, 0.40, {"platform_source": "Registration Modal"}),
    (0.04, 0.60, {"platform_source": "Added by presenter"}),
    (0.08, 0.33, None),
]
_SOURCES: dict[str, _Sources] = {
    "usual": _USUAL,
    "with a new source": [
        *_USUAL,
        (NEW_SOURCE_WEIGHT, 0.05, {"utm_source": NEW_SOURCE, "utm_medium": "social", "utm_campaign": "launch"}),
    ],
    "new campaign": [
        (0.55, 0.12, {"utm_source": "blogger-x", "utm_medium": "social", "utm_campaign": "launch"}),
        (0.25, 0.48, {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "weekly"}),
        (0.20, 0.35, None),
    ],
}
_COUNTRIES = ("DE", "GB", "US", "FR", "NL")


@dataclass(frozen=True, slots=True)
class Person:
    """One human of a webinar, with the ids in registration and attendance."""

    email: str
    registrant_id: str
    """The platform's own id of the registration."""
    person_id: str
    """The id from the registering service: made from the email."""
    attends_as: str
    """The id from the webinar's platform: the same, or a registrant id if it hides the email."""
    domain_id: str
    comes: float
    """How likely this person attends, 0 to 1."""
    registered_at: int | None
    """None for a walk-in."""
    is_test: bool = False
    role: str | None = None

    def fields(self, person_id: str) -> Content:
        """The person fields of an event, with that id."""
        content: Content = {"person_id": person_id}
        if person_id.startswith("p_"):
            content["domain_id"] = self.domain_id
        if self.is_test:
            content["is_test"] = True
        if self.role is not None:
            content["role"] = self.role
        return content


def shares_of(sources: str) -> list[tuple[Content | None, float]]:
    """The source fields of each source, and its share of the registrants."""
    options = _SOURCES[sources]
    whole = sum(weight for weight, _, _ in options)
    return [(said, weight / whole) for weight, _, said in options]


def people_of(webinar: Planned, rng: Random) -> list[tuple[Person, list[tuple[int, Content]]]]:
    """Every person of the webinar with their registration events as (occurred at, event)."""
    people = [_registrant(webinar, rng, number) for number in range(webinar.registrants)]
    people += [(_person(webinar, rng, "walkin", n), []) for n in range(webinar.registrants // 30)]
    people += [(_person(webinar, rng, "host", 0, role="host"), [])]
    people += [(_person(webinar, rng, "panelist", n, role="panelist"), []) for n in range(2)]
    people += [_registrant(webinar, rng, n, kind="test") for n in range(2)]
    people += [_registrant(webinar, rng, n, kind="staff") for n in range(2)]
    return people


def _person(
    webinar: Planned,
    rng: Random,
    kind: str,
    number: int,
    *,
    comes: float = 1.0,
    registered_at: int | None = None,
    role: str | None = None,
) -> Person:
    # Some people attend several webinars of the day; the company's own attend all of them.
    everywhere = kind in {"host", "panelist", "test", "staff"} or rng.random() < 0.3
    name = f"{kind}{number}" if everywhere else f"{kind}{number}.{webinar.webinar_id}".replace(":", ".")
    email = f"{name}@{STAFF_DOMAIN if kind == 'staff' else 'example.com'}"
    person_id = email_person_id(email, SECRET)
    hidden = kind in {"person", "walkin"} and not webinar.summaries_only and rng.random() < 0.12
    registrant_id = f"{webinar.webinar_id}:{name}"
    attends_as = registrant_person_id(webinar.platform, registrant_id, SECRET) if hidden else person_id
    return Person(
        email=email,
        registrant_id=registrant_id,
        person_id=person_id,
        attends_as=attends_as,
        domain_id=email_domain_id(email, SECRET),
        comes=comes,
        registered_at=registered_at,
        is_test=kind == "test",
        role=role,
    )


def _registrant(
    webinar: Planned, rng: Random, number: int, kind: str = "person"
) -> tuple[Person, list[tuple[int, Content]]]:
    options = _SOURCES[webinar.sources]
    _, comes, source = rng.choices(options, weights=[share for share, _, _ in options])[0]
    registered_at = _registration_time(webinar, rng)
    comes *= webinar.appeal
    person = _person(webinar, rng, kind, number, comes=comes, registered_at=registered_at)
    said: Content = {**person.fields(person.person_id), "country": rng.choice(_COUNTRIES)}
    events = [(registered_at, webinar.event("registration", registered_at, status="registered", source=source, **said))]
    fate = rng.random()
    if fate < 0.30:
        at = registered_at + rng.randrange(1, 20) * SECOND
        events.append((at, webinar.event("registration", at, status="approved", source=source, **said)))
    elif fate < 0.34:
        at = max(registered_at, min(registered_at + rng.randrange(1, 30) * HOUR, webinar.starts_at))
        events.append((at, webinar.event("registration", at, status="cancelled", **said)))
    elif fate < 0.35:
        at = registered_at + rng.randrange(1, 10) * MINUTE
        events.append((at, webinar.event("registration", at, status="denied", **said)))
    elif fate < 0.38:
        at = max(registered_at, min(registered_at + rng.randrange(1, 40) * HOUR, webinar.starts_at))
        again: Content = {"utm_source": "retargeting", "utm_medium": "display"}
        events.append((at, webinar.event("registration", at, status="registered", source=again, **said)))
    return person, events


def _registration_time(webinar: Planned, rng: Random) -> int:
    """A quarter on the day, most in the last week, a few after the end, for the recording."""
    fate = rng.random()
    if fate < 0.02:
        return webinar.ended_at + rng.randrange(1, 60) * MINUTE
    if fate < 0.30:
        return webinar.starts_at - rng.randrange(-10 * MINUTE, 12 * HOUR)
    return webinar.starts_at - 12 * HOUR - min(int(rng.expovariate(1 / (2.5 * DAY))), 9 * DAY)
