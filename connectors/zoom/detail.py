"""A webinar in Zoom's REST API: its plan and its hosts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.mapped import Context, Mapped
from connectors.zoom import occurrence
from connectors.zoom.occurrence import PLANNED, SINGLE, UNPLANNED, kind_of
from connectors.zoom.payload import Fields, time_text
from connectors.zoom.statement import described, duration_seconds, statement


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned occurrence; for a single webinar, the webinar itself."""

    webinar_id: str
    starts_at: int | None
    duration_seconds: int | None
    occurrence_id: str = ""
    """Zoom's id for listing the occurrence's registrants; a single webinar has none."""


@dataclass(frozen=True, slots=True)
class Detail:
    """The webinar behind one of Zoom's numbers."""

    number: str
    kind: int
    timezone: str
    host_id: str
    host_emails: frozenset[str]
    """The hosts' emails in lower case, including alternative hosts."""
    created_at: int | None
    practice: bool
    """Whether it may begin with a practice session, which only hosts and panelists see."""
    about: dict[str, object] = field(default_factory=dict)
    occurrences: tuple[Occurrence, ...] = ()

    @property
    def recurring(self) -> bool:
        return self.kind != SINGLE

    @property
    def unplanned(self) -> bool:
        return self.kind == UNPLANNED

    def name_of(self, start: int) -> str:
        """The webinar_id of the occurrence that starts then."""
        return occurrence.webinar_id(self.number, self.kind, start, self.timezone)


def detail_of(raw: Mapping[str, Any]) -> Detail:
    """Raises FieldError."""
    webinar = Fields(raw)
    kind, number, timezone = kind_of(webinar), webinar.id("id"), webinar.text("timezone")
    settings = webinar.optional_object("settings")
    emails = [webinar.text("host_email"), *settings.text("alternative_hosts").replace(";", ",").split(",")]
    return Detail(
        number=number,
        kind=kind,
        timezone=timezone,
        host_id=webinar.optional_id("host_id"),
        host_emails=frozenset(email.strip().lower() for email in emails if email.strip()),
        created_at=webinar.instant("created_at"),
        practice=bool(settings.flag("practice_session")),
        about={"format": "live", **{name: said for name, said in described(webinar).items() if said is not None}},
        occurrences=_occurrences(webinar, number, kind, timezone),
    )


def _occurrences(webinar: Fields, number: str, kind: int, timezone: str) -> tuple[Occurrence, ...]:
    if kind == UNPLANNED:
        return ()
    if kind == SINGLE:
        starts_at = webinar.instant("start_time")
        return (Occurrence(occurrence.series_id(number), starts_at, duration_seconds(webinar)),)
    planned = {}
    for one in webinar.objects("occurrences"):
        starts_at = one.instant("start_time")
        if starts_at is not None and one.text("status") != "deleted":
            name = occurrence.webinar_id(number, PLANNED, starts_at, timezone)
            planned[name] = Occurrence(name, starts_at, duration_seconds(one), one.optional_id("occurrence_id"))
    return tuple(planned.values())


def planned_statement(
    detail: Detail, one: Occurrence, now: int, context: Context, capabilities: tuple[str, ...]
) -> Mapped:
    """The statement of the plan. It has a status only before the start: later it would end a live webinar."""
    ahead = one.starts_at is not None and one.starts_at > now
    said: dict[str, object] = {
        **detail.about,
        "starts_at": time_text(one.starts_at),
        "duration_seconds": one.duration_seconds,
        "status": "scheduled" if ahead else None,
    }
    return statement(one.webinar_id, now, context, said, capabilities)


@dataclass(frozen=True, slots=True)
class Run:
    """One past run of a webinar, from Zoom's report."""

    uuid: str
    started_at: int
    ended_at: int
    participants: int | None


def run_of(uuid: str, raw: Mapping[str, Any]) -> Run:
    """Raises FieldError."""
    report = Fields(raw)
    return Run(
        uuid,
        report.required_instant("start_time"),
        report.required_instant("end_time"),
        report.number("participants_count"),
    )


def is_rehearsal(detail: Detail, planned: Occurrence | None, run: Run) -> bool:
    """Whether a run was only a practice session: over before the planned start, or on a day without an occurrence."""
    if not detail.practice:
        return False
    if planned is None:
        return detail.kind == PLANNED
    return planned.starts_at is not None and run.ended_at <= planned.starts_at


def ended_statement(
    detail: Detail,
    webinar_id: str,
    planned_at: int | None,
    runs: list[Run],
    context: Context,
    capabilities: tuple[str, ...],
) -> Mapped:
    """The statement of when it was live, with its end as the time, so that a later restart is not contradicted.

    A run may include the practice session, so a start before the planned one is then ignored.
    """
    started_at, ended_at = min(run.started_at for run in runs), max(run.ended_at for run in runs)
    practised = detail.practice and planned_at is not None and started_at < planned_at
    said: dict[str, object] = {
        **detail.about,
        "status": "ended",
        "started_at": None if practised else time_text(started_at),
        "ended_at": time_text(ended_at),
    }
    return statement(webinar_id, ended_at, context, said, capabilities)
