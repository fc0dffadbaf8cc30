"""The webinars of the simulated day and the statements about them. Pure."""

from dataclasses import dataclass

from connectors.simulator.scenario import Scenario
from contract.instants import DAY, HOUR, MINUTE, SECOND, format_instant

Content = dict[str, object]
"""An event's fields; the id, the time of receipt and the version are added on delivery."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A webinar of the day. `appeal` scales how likely registrants attend."""

    webinar_id: str
    platform: str
    title: str
    course: str
    language: str
    region: str
    timezone: str
    starts_at: int
    duration_seconds: int
    registrants: int
    appeal: float = 1.0
    sources: str = "usual"
    announced: bool = True
    cancelled: bool = False
    summaries_only: bool = False

    @property
    def started_at(self) -> int:
        """The host is always a little late."""
        return self.starts_at + 40 * SECOND

    @property
    def ended_at(self) -> int:
        """The webinar overruns by a few minutes."""
        return self.starts_at + self.duration_seconds * SECOND + 3 * MINUTE

    def event(self, event_type: str, occurred_at: int, **fields: object) -> Content:
        """The common fields of every event about this webinar, and `fields`."""
        common = {"type": event_type, "webinar_id": self.webinar_id, "platform": self.platform}
        return {**common, "occurred_at": format_instant(occurred_at), **fields}


def webinars_of(scenario: Scenario, seed: int) -> list[Planned]:
    """The day's webinars, the main one first. Ids contain start and seed, so that days never mix."""
    day = format_instant(scenario.starts_at)[:16].replace("-", "").replace(":", "")
    begin, length, size = scenario.starts_at, scenario.duration_seconds, scenario.registrants

    def name(part: str) -> str:
        return f"sim:{day}-{seed}-{part}"

    platform = "zoom" if scenario.by_services else "sim"
    main_id = f"zoom:9{begin // DAY:06d}{seed % 10_000:04d}" if scenario.by_services else name("main")
    main = Planned(main_id, platform, "Python from zero", "python", "en", "EU", "Europe/Berlin", begin, length, size)
    if not scenario.other_webinars:
        return [main]
    early, late = begin - 8 * HOUR, begin + 3 * HOUR
    return [
        main,
        Planned(name("early"), "sim", "SQL for analysts", "sql", "en", "EU", "Europe/London", early, length, size // 4),
        Planned(
            name("late"),
            "sim",
            "Data careers, evening edition",
            "careers",
            "en",
            "US",
            "America/New_York",
            late,
            length,
            size // 2,
            appeal=0.6,
            sources="new campaign",
        ),
        Planned(
            name("totals"),
            "sim-totals",
            "Marketing analytics",
            "marketing",
            "de",
            "EU",
            "Europe/Berlin",
            begin - 4 * HOUR,
            length,
            size // 8,
            summaries_only=True,
        ),
        Planned(
            name("cancelled"),
            "sim",
            "Go in an hour",
            "go",
            "en",
            "EU",
            "Europe/Berlin",
            begin + HOUR,
            length,
            size // 20,
            cancelled=True,
        ),
        Planned(name("unannounced"), "sim", "", "", "", "", "", begin - 2 * HOUR, length, size // 20, announced=False),
    ]


def statements(webinar: Planned) -> list[tuple[int, Content]]:
    """(stated at, statement) of the platform and the catalogue."""
    if not webinar.announced:
        return []
    announced_at = webinar.starts_at - 10 * DAY
    capabilities = ["recording_views", "persons", "seconds"]
    if not webinar.summaries_only:
        capabilities += ["starts", "live", "leaves"]
    said: list[tuple[int, Content]] = [
        _statement(
            webinar,
            announced_at,
            title=webinar.title,
            status="scheduled",
            starts_at=format_instant(webinar.starts_at),
            duration_seconds=webinar.duration_seconds,
            timezone=webinar.timezone,
            format="live",
            capabilities=capabilities,
        ),
        _statement(
            webinar,
            announced_at + HOUR,
            authority=1,
            course=webinar.course,
            language=webinar.language,
            region=webinar.region,
        ),
    ]
    if webinar.cancelled:
        return [*said, _statement(webinar, webinar.starts_at - 2 * HOUR, status="cancelled")]
    if not webinar.summaries_only:
        started = format_instant(webinar.started_at)
        said.append(_statement(webinar, webinar.started_at, status="live", started_at=started))
    ended = format_instant(webinar.ended_at)
    said.append(_statement(webinar, webinar.ended_at, status="ended", ended_at=ended))
    return said


def _statement(webinar: Planned, occurred_at: int, **fields: object) -> tuple[int, Content]:
    return occurred_at, webinar.event("webinar", occurred_at, **fields)
