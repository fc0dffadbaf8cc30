"""What `funnel setup` may ask, as data: the words, where the answer is found, and what is wrong with one. Pure."""

import difflib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from connectors.service_settings import Asked

NONE = "none"
FILES = "files"
"""Offered beside the services."""
_PLACEHOLDER = re.compile(r"[.…<>*x-]+|your[ _-].*|changeme", re.IGNORECASE)


def _good(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `key`: where its answer stands in a file of answers."""

    key: str
    text: str
    source: str = ""
    """Where the answer is found, or what it is for."""
    default: str | None = None
    """Taken for an empty answer; None: an answer is needed."""
    hidden: bool = False
    """Whether the answer is typed unseen."""
    wrong: Callable[[str], str] = _good
    """What is wrong with an answer, and the way out, in one line; empty: nothing. Never holds the answer if hidden."""


def of_zone(here: str) -> Question:
    """`here`: the time zone of this machine."""
    return Question(
        "timezone",
        "Your time zone",
        "An IANA name. Webinars whose service names no zone are shown in it, and messages are sent by it.",
        default=here if here in available_timezones() else "UTC",
        wrong=wrong_zone,
    )


def wrong_zone(name: str) -> str:
    """Why this is no time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = available_timezones()
        close = difflib.get_close_matches(name, known, n=2) or _in_city(name, known)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        return f"{name} is no time zone; give an IANA name such as Europe/Berlin.{hint}"
    return ""


def of_services(known: Sequence[str], *, again: bool) -> Question:
    """Which services to connect. `again`: one is connected already."""
    return Question(
        "services",
        "Which others do you use" if again else "Which of them do you use",
        f"Names, separated by commas; {NONE}: no more." if again else "Names, separated by commas.",
        default=NONE if again else None,
        wrong=lambda said: wrong_services(said, known),
    )


def chosen(said: str) -> list[str]:
    """The services that an answer names."""
    names = [one.strip().lower() for one in said.split(",")]
    return [one for one in dict.fromkeys(names) if one and one != NONE]


def wrong_services(said: str, known: Sequence[str]) -> str:
    """Why an answer does not name services."""
    for one in chosen(said):
        if one not in known:
            close = difflib.get_close_matches(one, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
            return f"{one} is not offered. {hint}"
    return ""


def of_setting(service: str, asked: Asked) -> Question:
    """One credential of a service."""
    return Question(
        f"services.{service}.{answer_name(service, asked.setting)}",
        asked.what,
        asked.where,
        default="" if asked.optional else None,
        hidden=asked.hidden,
        wrong=lambda said: wrong_value(asked, said),
    )


def answer_name(service: str, setting: str) -> str:
    """How a setting is called below its service in a file of answers: FUNNEL_ZOOM_ACCOUNT_ID: account_id."""
    return setting.removeprefix(f"FUNNEL_{service.upper()}_").lower()


def wrong_value(asked: Asked, said: str) -> str:
    """What is wrong with the value of a setting."""
    if not said:
        return "" if asked.optional else f"{asked.setting} is needed. {asked.where}"
    if not said.isprintable() or "${" in said:
        return f"{asked.setting} holds characters that .env cannot hold: copy it again. {asked.where}"
    if _PLACEHOLDER.fullmatch(said):
        return f"{asked.setting} is a placeholder, not the value. {asked.where}"
    if len(said) < asked.shortest:
        return f"{asked.setting} is shorter than {asked.shortest} characters: copy all of it. {asked.where}"
    return ""


def yes_or_no(key: str, text: str, source: str = "", *, default: bool = True) -> Question:
    """A question that is answered with yes or no."""
    return one_of(key, text, ("yes", "no"), "yes" if default else "no", source)


def one_of(key: str, text: str, words: Sequence[str], default: str | None, source: str = "") -> Question:
    """A question that is answered with one of these words, or the beginning of one."""
    return Question(
        key,
        f"{text} ({', '.join(words)})",
        source,
        default=default,
        wrong=lambda said: "" if meant(said, words) else f"{said}: one of {', '.join(words)} is expected.",
    )


def meant(said: str, words: Sequence[str]) -> str:
    """The word that the answer begins; empty: none, or several."""
    found = [one for one in words if said and one.startswith(said.strip().lower())]
    return found[0] if len(found) == 1 else ""


def _in_city(name: str, known: Collection[str]) -> list[str]:
    city = name.strip().replace(" ", "_").lower()
    return sorted(one for one in known if city and one.lower().endswith(f"/{city}"))[:2]
