"""Typeform's form_response -> a registration that still needs its webinar, or a rejection. Pure."""

from collections.abc import Mapping, Sequence

from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.body import read_json
from connectors.toolkit.form_registration import form_registration
from connectors.toolkit.utm import source_of, utm_of, utm_of_url

SERVICE = "typeform"
_SAYS_NOTHING = frozenset({"form_response_partial", "form_view", "form_start"})
"""An event about a form that is not submitted yet."""
_CHOSEN = frozenset({"choice", "date", "boolean", "number"})
"""Types of answers that rules may use. Free text may hold anything, even names."""


def map_payload(body: bytes, context: Context) -> Sequence[Mapped]:
    """The registration or rejection of a delivery. Never raises, whatever the bytes."""
    said = read_json(body)
    if said is None:
        return [Rejection(Reason.UNREADABLE, "body: not a JSON object")]
    kind = said.get("event_type")
    if isinstance(kind, str) and kind in _SAYS_NOTHING:
        return []
    if kind != "form_response":
        return [Rejection(Reason.UNKNOWN_KIND, "event_type: not form_response")]
    return [_registration(reading.mapping(said.get("form_response")), context)]


def _registration(response: Mapping[str, object], context: Context) -> Mapped:
    token = reading.text(response.get("token"))
    form = reading.text(response.get("form_id"))
    if not token or not form:
        return Rejection(Reason.MISSING_FIELD, "form_response: no token, or no form_id")
    submitted_at = reading.instant(response.get("submitted_at"))
    if submitted_at is None:
        return Rejection(Reason.WRONG_FORM, "submitted_at: not a time such as 2026-11-22T18:00:00Z")
    hidden = reading.mapping(response.get("hidden"))
    answers = list(reading.items(response.get("answers")))
    landing = reading.text(hidden.get("page_url"))
    return form_registration(
        service=SERVICE,
        form=form,
        submission=token,
        submitted_at=submitted_at,
        email=_email(answers, hidden),
        context=context,
        country=reading.text(hidden.get("country")),
        source=source_of(
            {**utm_of_url(landing), **utm_of(hidden)},
            reading.text(hidden.get("referrer")) or reading.text(hidden.get("referer")),
        ),
        fields={**_chosen(answers), **hidden},
    )


def _email(answers: Sequence[Mapping[str, object]], hidden: Mapping[str, object]) -> str:
    """The first answer to an email question; else the hidden field set by the page that embeds the form."""
    for answer in answers:
        email = reading.text(answer.get("email"))
        if email:
            return email
    return next((reading.text(value) for name, value in hidden.items() if name.lower() == "email"), "")


def _chosen(answers: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The chosen answers, such as a date, by the question's reference, which the form's author can set."""
    chosen: dict[str, object] = {}
    for answer in answers:
        kind = answer.get("type")
        field = reading.mapping(answer.get("field"))
        name = reading.text(field.get("ref")) or reading.text(field.get("id"))
        if name and isinstance(kind, str) and kind in _CHOSEN:
            value = answer.get(kind)
            chosen[name] = reading.mapping(value).get("label") if kind == "choice" else _as_text(value)
    return chosen


def _as_text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
