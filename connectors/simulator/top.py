"""The steps before the registration: invitations, and views of the registration page. Pure."""

from connectors.simulator.registering import shares_of
from connectors.simulator.webinars import Content, Planned
from contract.instants import DAY, format_instant

_INVITED_FOR_ONE = 8
"""Invited people per registrant."""
_VIEWS_FOR_ONE = 3
_READINGS = ((7 * DAY, 0.4), (DAY, 0.8), (0, 1.0))
"""How long before the start the service is polled, and the share of the views by then."""


def top_of(webinar: Planned) -> list[tuple[int, Content]]:
    """(read at, totals) from the service. It reports nothing about a webinar that is not announced."""
    if not webinar.announced:
        return []
    return [_reading(webinar, webinar.starts_at - before, part) for before, part in _READINGS]


def _reading(webinar: Planned, at: int, part: float) -> tuple[int, Content]:
    views = part * _VIEWS_FOR_ONE * webinar.registrants
    by_source = [
        {"source": source, "page_views": round(share * views)}
        for source, share in shares_of(webinar.sources)
        if source is not None
    ]
    said: Content = {"reported_by": webinar.platform, "reported_at": format_instant(at)}
    said |= {"invited": _INVITED_FOR_ONE * webinar.registrants, "page_views": round(views)}
    return at, webinar.event("totals", at, **said, page_views_by_source=by_source)
