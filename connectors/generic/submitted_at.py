"""The time of a submission, as a form service writes it -> an instant. Pure."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from connectors.toolkit import reading
from connectors.toolkit.cells import instant_of
from connectors.toolkit.date_forms import PLAIN_FORMS, Moment, date_form

_NO_OFFSET = "the time has no offset and the description says no timezone; add the service's, such as timezone: UTC"
_OTHER_FORM = (
    "neither RFC 3339, nor a unix time, nor a form under dates; add its form, such as "
    "dates: ['%d.%m.%Y %H:%M'], and its timezone"
)


def submitted_at(said: object, dates: Sequence[str], timezone: str | None) -> int:
    """Milliseconds since 1970 UTC. `dates`: formats of times; `timezone`: of times without an offset.

    Raises ValueError with the cause and what to write into the description; the text never repeats the value.
    """
    text = reading.text(said)
    moment = _moment(text, dates)
    if moment is None:
        known = reading.instant(said if not isinstance(said, str) else text)
        moment = _plain(text) if known is None else None
        if known is not None:
            return known
    if moment is None:
        raise ValueError(_OTHER_FORM)
    if moment.zone is None and timezone is None:
        raise ValueError(_NO_OFFSET)
    zone = moment.zone or ZoneInfo(timezone or "UTC")
    try:
        return instant_of(moment.wall, zone)
    except OverflowError as error:
        raise ValueError("no such date or time") from error


def _moment(text: str, dates: Sequence[str]) -> Moment | None:
    return next((found for pattern in dates if (found := date_form(pattern).read(text)) is not None), None)


def _plain(text: str) -> Moment | None:
    return next((found for form in PLAIN_FORMS if (found := form.read(text)) is not None), None)
