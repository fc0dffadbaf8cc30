"""The fields that each kind of table can have, in the contract's words where it has them. Pure."""

from typing import Literal, TypeAlias

from contract.measures import STAYED_MINUTES

Kind: TypeAlias = Literal["registrations", "attendance", "totals", "webinars"]

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
SOURCE = (*UTM, "referrer", "tracking_code", "platform_source")
COUNTS = (
    "registrations",
    "visits_all",
    "visits",
    *(f"visits_{minutes}m" for minutes in sorted({5, 30, *STAYED_MINUTES})),
    "visits_full",
    "recording_views",
    "page_views",
    "invited",
)
LENGTHS = ("total_seconds", "total_minutes", "total_duration", "watched_percent")
"""How long a person watched, each field in its own form."""
DURATIONS = ("duration_minutes", "duration_seconds")
"""The planned duration of the webinar."""
SECONDS = ("total_seconds", "duration_seconds", "recording_seconds")
NUMBERS = ("total_minutes", "total_duration", "watched_percent", "duration_minutes", *SECONDS, *COUNTS)
"""Number fields whose decimal separator is found from the whole column."""
INSTANTS = (
    "registered_at",
    "status_at",
    "joined_at",
    "left_at",
    "acted_at",
    "recording_viewed_at",
    "reported_at",
    "starts_at",
    "started_at",
    "ended_at",
    "completed_at",
)
CLOCKED = ("joined_at", "left_at", "acted_at", "started_at", "ended_at")
"""A date alone in these would be read as midnight, and everybody would have come before or after the webinar."""
SKIP = "skip"
"""The meaning under `values` of a word that marks a row as not counting."""

_PERSON = ("webinar_id", "email", "registrant_id", "role", "is_test")
_LABELS = ("title", "course", "language", "region", "format", "timezone")
_TIMES = ("starts_at", "started_at", "ended_at", "completed_at")
WEBINAR = (*_LABELS, "status", *_TIMES, *DURATIONS)
"""The fields that a table can have about a webinar."""

FIELDS: dict[Kind, tuple[str, ...]] = {
    "registrations": (*_PERSON, "registered_at", "status", "status_at", "country", "timezone", *SOURCE),
    "attendance": (
        *_PERSON,
        "attended",
        "joined_at",
        "left_at",
        "action",
        "acted_at",
        *LENGTHS,
        *DURATIONS,
        "title",
        "date",
        "recording_viewed",
        "recording_viewed_at",
        "recording_seconds",
        "starts_at",
        "reported_at",
    ),
    "totals": ("webinar_id", *COUNTS, "reported_at", *WEBINAR),
    "webinars": ("webinar_id", *WEBINAR),
}

NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "registrations": (("email", "registrant_id"), ("registered_at",)),
    "attendance": (
        ("email", "registrant_id"),
        ("joined_at", "attended", "action", *LENGTHS, "recording_viewed", "recording_viewed_at"),
    ),
    "totals": (COUNTS,),
    "webinars": (WEBINAR,),
}
"""At least one of each group has to be mapped; and the webinar."""

WORDS: dict[str, dict[str, str]] = {
    "role": {
        **dict.fromkeys(("attendee", "guest", "participant", "teilnehmer"), "attendee"),
        **dict.fromkeys(("host", "co-host", "cohost", "organizer", "organiser", "organisator"), "host"),
        **dict.fromkeys(("panelist", "presenter", "speaker", "moderator"), "panelist"),
    },
    "action": {
        **dict.fromkeys(("join", "joined", "joins", "enter", "entered", "in", "beigetreten", "вошел", "вошёл"), "join"),
        **dict.fromkeys(("leave", "left", "leaves", "exit", "exited", "out", "verlassen", "вышел"), "leave"),
    },
    "format": {word: word for word in ("live", "recorded")},
}
REGISTRATION_STATUS = {
    **{word: word for word in ("registered", "approved", "cancelled", "denied", "withdrawn")},
    **dict.fromkeys(("canceled", "cancelled by self", "storniert", "annulé", "cancelado"), "cancelled"),
    **dict.fromkeys(("pending", "pending approval", "registriert", "angemeldet", "inscrit", "inscrito"), "registered"),
    "confirmed": "approved",
}
WEBINAR_STATUS = {word: word for word in ("scheduled", "live", "ended", "cancelled")}
YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "1.0", "x", "+", "✓", "✔", "☑"), "yes"),
    **dict.fromkeys(("ja", "oui", "sí", "si", "sim", "sì", "tak", "evet", "да", "так"), "yes"),
    **dict.fromkeys(("attended", "present", "anwesend", "teilgenommen"), "yes"),
    **dict.fromkeys(("no", "n", "false", "0", "0.0", "✗", "✘", "☐"), "no"),
    **dict.fromkeys(("nein", "non", "não", "nao", "nee", "nie", "hayır", "нет", "ні"), "no"),
    **dict.fromkeys(("absent", "no show", "no-show", "not attended", "did not attend", "abwesend"), "no"),
}
_YES_NO_FIELDS = ("attended", "recording_viewed", "is_test")


def words_of(kind: Kind, field: str) -> dict[str, str] | None:
    """Accepted word -> meaning for that field; None: the field has no fixed set of words."""
    if field in _YES_NO_FIELDS:
        return YES_NO
    if field == "status":
        return REGISTRATION_STATUS if kind == "registrations" else WEBINAR_STATUS
    return WORDS.get(field)
