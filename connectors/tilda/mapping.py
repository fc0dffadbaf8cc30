"""A form submitted on a Tilda page -> a registration that still needs its webinar, or a rejection. Pure."""

from collections.abc import Mapping, Sequence

from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.tilda.fields import email_of, lower_names
from connectors.toolkit import reading
from connectors.toolkit.body import BodyError, read_body
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.form_registration import form_registration
from connectors.toolkit.identity import person_of
from connectors.toolkit.utm import source_of, utm_of, utm_of_cookies, utm_of_url
from contract.instants import MINUTE

SERVICE = "tilda"
NO_FORM = "unnamed"
"""The form's id if neither the payload nor the address names one."""
_COOKIES_LENGTH = 16_000
_OWN = ("tranid", "cookies", "token")
"""Tilda's own fields that do not identify the webinar."""


def map_payload(body: bytes, context: Context) -> Sequence[Mapped]:
    """The registration or rejection of a delivery, without the address's query. Never raises, whatever the bytes."""
    return map_form(body, {}, context)


def map_form(body: bytes, query: Mapping[str, str], context: Context) -> Sequence[Mapped]:
    """The same, with the query of the address configured in Tilda: `form` names the form, `utm_…` the source."""
    try:
        fields = lower_names(read_body(body).fields)
    except BodyError as error:
        return [Rejection(Reason.UNREADABLE, f"body: {error}")]
    if _is_test(fields):
        return []
    return [_registration(fields, query, context)]


def _is_test(fields: Mapping[str, object]) -> bool:
    """Whether this is Tilda's test when the address is entered: `test=test` and nothing else."""
    return set(fields) == {"test"} and fields["test"] == "test"


def _registration(fields: Mapping[str, object], query: Mapping[str, str], context: Context) -> Mapped:
    form = reading.text(fields.get("formid")) or reading.text(fields.get("formname")) or reading.text(query.get("form"))
    email = email_of(fields)
    return form_registration(
        service=SERVICE,
        form=form or NO_FORM,
        submission=reading.text(fields.get("tranid")) or _submission(form, email, context),
        # Tilda sends no time. It delivers at once; its two retries, a minute apart, carry the same tranid.
        submitted_at=context.received_at,
        email=email,
        context=context,
        country=reading.text(fields.get("country")),
        source=source_of(
            _utm(fields, query), reading.text(fields.get("referrer")) or reading.text(fields.get("referer"))
        ),
        fields={name: value for name, value in fields.items() if name not in _OWN},
    )


def _submission(form: str, email: str, context: Context) -> str:
    """Without Tilda's own id: the same person on the same form within a minute is one submission."""
    person = person_of(SERVICE, email, "", context.secret)
    return content_hash({"form": form, "person": person, "minute": context.received_at // MINUTE})


def _utm(fields: Mapping[str, object], query: Mapping[str, str]) -> dict[str, str]:
    """By precedence: hidden fields, the cookie of the visitor's first page, the query of our address."""
    cookies = fields.get("cookies")
    page = reading.text(fields.get("page_url")) or reading.text(fields.get("url"))
    return {
        **utm_of(query),
        **utm_of_cookies(cookies[:_COOKIES_LENGTH] if isinstance(cookies, str) else ""),
        **utm_of_url(page),
        **utm_of(fields),
    }
