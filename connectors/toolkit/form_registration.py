"""The fields of a submitted form -> a FormRegistration, or a rejection. Pure.

The rules shared by all form services: who counts as a person, what an id may hold, which fields rules may see.
"""

import hmac
import re
from collections.abc import Mapping

from connectors.mapped import Context, FormRegistration, Reason, Rejection
from connectors.toolkit.email_address import EmailError, clean_email
from connectors.toolkit.identity import person_of_email
from connectors.toolkit.reading import holds_email, text
from connectors.toolkit.utm import without_query
from connectors.toolkit.zone_names import iana_name
from contract.instants import DAY, FIRST_INSTANT

LONGEST_FIELD = 200
_MOST_FIELDS = 50
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_PHONE = re.compile(r"\+?[\d\s().-]{9,}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d\d\.\d\d\.\d{4}.*")
_PERSONAL_WORDS = re.compile(
    r"mail|почт|мейл|phone|телефон|cookie|address|адрес|comment|коммент|telegram|whatsapp|birth|рожд|passw|token|secret"
)
_PERSONAL_NAMES = re.compile(
    r"(first|last|full|user|sur|nick)?_?name|tel|ip|имя|фамилия|отчество|фио",
)


def form_registration(
    *,
    service: str,
    form: str,
    submission: str,
    submitted_at: int,
    email: str,
    context: Context,
    status: str = "registered",
    country: str = "",
    timezone: str = "",
    source: Mapping[str, str] | None = None,
    fields: Mapping[str, object] | None = None,
) -> FormRegistration | Rejection:
    """`submission`: the service's own id of it, hashed if it might hold more than an id.

    `fields`: everything submitted; only fields that rules may use are kept. It is rejected without an email, because it
    could not be matched to any attendee, and with a time that the workers would not accept.
    """
    if not email:
        return Rejection(Reason.NO_PERSON, "email: missing: without it nobody can be matched to a visit")
    try:
        person = person_of_email(clean_email(email), context.secret)
    except EmailError as error:
        return Rejection(Reason.NO_PERSON, f"email: {error}")
    if not FIRST_INSTANT <= submitted_at <= context.received_at + DAY:
        return Rejection(Reason.TIME_OUT_OF_RANGE, "submitted_at: before 2000 or more than a day ahead")
    return FormRegistration(
        service=service,
        form=text(form, LONGEST_FIELD),
        submission=opaque(submission, context.secret),
        submitted_at=submitted_at,
        person=dict(person),
        status=status,
        country=text(country, 80) or None,
        timezone=iana_name(timezone),
        source=source,
        fields=rule_fields(fields or {}) or None,
    )


def opaque(submission: str, secret: str) -> str:
    """The id as it is if it is short and plain; else its keyed hash, because it might hold personal data."""
    if _PLAIN.fullmatch(submission):
        return submission
    return hmac.digest(secret.encode(), submission.encode("utf-8", "replace"), "sha256").hex()[:32]


def rule_fields(fields: Mapping[str, object]) -> dict[str, str]:
    """The fields for rules: names in lower case, values cut. Emails, phones, names and free text are left out."""
    kept: dict[str, str] = {}
    for name, value in fields.items():
        key = text(name, LONGEST_FIELD).lower()
        said = text(value, LONGEST_FIELD)
        if "://" in said:
            said = without_query(said) or ""
        if said and not _is_personal(key, said) and len(kept) < _MOST_FIELDS:
            kept[key] = said
    return kept


def _is_personal(key: str, said: str) -> bool:
    if _PERSONAL_NAMES.fullmatch(re.sub(r"[-\s]+", "_", key)) or _PERSONAL_WORDS.search(key) or holds_email(said):
        return True
    return bool(_PHONE.fullmatch(said)) and not _DATE.fullmatch(said)
