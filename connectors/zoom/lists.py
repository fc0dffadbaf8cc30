"""Everybody in Zoom's lists for one webinar or occurrence: speakers, registrants and, afterwards, participants."""

from connectors.mapped import Context, Mapped, Rejection
from connectors.toolkit.once import Once
from connectors.zoom import rows
from connectors.zoom.client import Client, Row
from connectors.zoom.detail import Detail, Occurrence, Run
from connectors.zoom.payload import FieldError, Fields
from connectors.zoom.statement import Counts
from connectors.zoom.tracking import Link, link_of, page_views, page_views_by_source
from contract.events import Registration


class Lists:
    """The lists of a webinar; those shared by its occurrences are read once, when first needed."""

    def __init__(self, client: Client, detail: Detail, may_read_sources: bool) -> None:
        self.client = client
        self.detail = detail
        self.unreadable: list[tuple[Rejection, Row]] = []
        """Tracked links, once they were read."""
        self._may_read_sources = may_read_sources
        self._known: rows.Known | None = None
        self._links: list[Link] = []

    @property
    def known(self) -> rows.Known:
        if self._known is None:
            emails = (rows.panelist_email(row) for row in self.client.panelists(self.detail.number))
            known = rows.Known(panelists={email for email in emails if email} - self.detail.host_emails)
            if self._may_read_sources:
                self._read_links(known)
            self._known = known
        return self._known

    @property
    def top(self) -> Counts:
        """The views of the registration page; empty for a recurring webinar, whose occurrences share the page."""
        if self.detail.recurring:
            return {}
        views = None if self.unreadable else page_views(self._links)
        said: Counts = {"page_views": views, "page_views_by_source": page_views_by_source(self._links) or None}
        return {name: value for name, value in said.items() if value is not None}

    def _read_links(self, known: rows.Known) -> None:
        """A registrant's row does not name its tracked link: the list filtered by the link shows it."""
        for row in self.client.tracking_sources(self.detail.number):
            try:
                link = link_of(row)
            except FieldError as error:
                self.unreadable.append((error.rejection, row))
                continue
            self._links.append(link)
            if not (link.id and link.name and link.registered):
                continue
            found = self.client.registrants(self.detail.number, status="approved", tracking_source_id=link.id)
            # More than the link's own count: Zoom ignored the filter, so the list shows nothing.
            if len(found) <= link.registered:
                known.tracking_of.update({key: link.name for key in map(_id_of, found) if key})


def read_people(
    lists: Lists, webinar_id: str, planned: Occurrence | None, runs: list[Run], once: Once, context: Context
) -> Counts | None:
    """Zoom's totals; None if the participants of a run are not available yet. `runs` is empty before the end."""
    detail, known = lists.detail, lists.known
    for email in sorted(detail.host_emails):
        once.put(rows.speaker_events(email, "host", webinar_id, detail.created_at, context), {})
    for email in sorted(known.panelists):
        once.put(rows.speaker_events(email, "panelist", webinar_id, detail.created_at, context), {})
    registered = _read_registrants(lists, webinar_id, planned, runs, once, context)
    for run in runs:
        found = lists.client.participants(run.uuid)
        if found is None:
            return None
        for row in found:
            once.put(rows.participant_events(row, run.uuid, webinar_id, detail, known, context), row)
    participants = [run.participants for run in runs if run.participants is not None]
    return {
        "registrations": registered,
        "visits_all": sum(participants) if participants else None,
        **lists.top,
    }


def _read_registrants(
    lists: Lists, webinar_id: str, planned: Occurrence | None, runs: list[Run], once: Once, context: Context
) -> int:
    """Returns how many are approved."""
    filters = {"occurrence_id": planned.occurrence_id} if planned and planned.occurrence_id else {}
    begin = planned.starts_at if planned else min((run.started_at for run in runs), default=None)
    until = max(run.ended_at for run in runs) if lists.detail.unplanned and runs else None
    approved = 0
    for status in rows.STATUSES:
        for row in lists.client.registrants(lists.detail.number, status=status, **filters):
            mapped = rows.registrant_events(row, status, webinar_id, begin, until, lists.known, context)
            once.put(mapped, row)
            approved += any(_is_approved(one) for one in mapped)
    return approved


def _is_approved(one: Mapped) -> bool:
    return isinstance(one, Registration) and one.status == "approved"


def _id_of(row: Row) -> str:
    try:
        return Fields(row).optional_id("id")
    except FieldError:
        return ""
