"""Tracked links to the registration page: how often each was followed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.zoom.payload import Fields


@dataclass(frozen=True, slots=True)
class Link:
    """A tracking source, in Zoom's words."""

    id: str
    name: str
    """The tracking code of registrations through this link."""
    views: int | None
    registered: int


def link_of(row: Mapping[str, Any]) -> Link:
    """The link. Raises FieldError. Zoom misspells the count of registrations in its API, but not in all of its docs."""
    fields = Fields(row)
    registered = fields.number("registrationr_count")
    if registered is None:
        registered = fields.number("registration_count")
    return Link(fields.optional_id("id"), fields.text("source_name"), fields.number("visitor_count"), registered or 0)


def page_views(links: Sequence[Link]) -> int | None:
    """The page's views through all tracked links; None if there are none, or Zoom lacks the count of one."""
    views = [link.views for link in links if link.views is not None]
    return sum(views) if views and len(views) == len(links) else None


def page_views_by_source(links: Iterable[Link]) -> list[dict[str, object]]:
    """The same by link in the contract's form, with the source that registrations through it have."""
    return [
        {"source": {"tracking_code": link.name}, "page_views": link.views}
        for link in links
        if link.name and link.views is not None
    ]
