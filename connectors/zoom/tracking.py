"""Tracked links to the page for registering: how often each was followed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.zoom.payload import Fields


@dataclass(frozen=True, slots=True)
class Link:
    """What Zoom calls a tracking source."""

    id: str
    name: str
    """Registrations that came by it have it as their tracking code."""
    views: int | None
    registered: int


def link_of(row: Mapping[str, Any]) -> Link:
    """Raises FieldError. Zoom misspells the count of registrations in its answers, and not in all of its documents."""
    fields = Fields(row)
    registered = fields.number("registrationr_count")
    if registered is None:
        registered = fields.number("registration_count")
    return Link(fields.optional_id("id"), fields.text("source_name"), fields.number("visitor_count"), registered or 0)


def page_views(links: Sequence[Link]) -> int | None:
    """Of the page by all tracked links; not known where there are none, or where Zoom does not say it of each."""
    told = [link.views for link in links if link.views is not None]
    return sum(told) if told and len(told) == len(links) else None


def page_views_by_source(links: Iterable[Link]) -> list[dict[str, object]]:
    """The same in the contract's words, as registrations name their link."""
    return [
        {"source": {"tracking_code": link.name}, "page_views": link.views}
        for link in links
        if link.name and link.views is not None
    ]
