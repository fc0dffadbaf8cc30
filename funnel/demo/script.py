"""What the demo plays, and the expected result. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.forms.event import registration_event
from connectors.mapped import Context, FormRegistration, Rejection
from connectors.simulator.broken import broken_records
from connectors.simulator.day import Arrival, Post, simulate
from connectors.simulator.scenario import Scenario
from connectors.simulator.services import FORM
from connectors.simulator.webinars import webinars_of
from connectors.typeform.mapping import map_payload as map_typeform
from connectors.zoom.mapping import map_message, read_json
from contract.canonical import canonical
from contract.events import encode
from contract.instants import DAY, HOUR, MINUTE
from funnel.report.verify import Result

SEED = 7
REGISTRANTS = 1_200
KILL_AFTER = 20 * MINUTE
"""When the worker is killed, in simulated time since the start of the webinar."""
LIVE_SPEED = 150.0
"""Simulated seconds per second while the webinar is live."""
_AROUND = 4 * MINUTE
_SHOWN_MISMATCHES = 10


@dataclass(frozen=True, slots=True)
class Script:
    """A day in three parts, in the order of delivery."""

    webinar_id: str
    """The webinar_id of the main webinar."""
    title: str
    starts_at: int
    kill_at: int
    """The simulated instant at which its worker is killed, ms."""
    before: Sequence[Arrival]
    live: Sequence[Arrival]
    after: Sequence[Arrival]
    webinar_ids: Sequence[str]
    """All webinars of the day."""
    events: int
    """The number of distinct events of the day, all of which the raw log must hold."""
    dead_letters: int

    @property
    def arrivals(self) -> list[Arrival]:
        """All three parts."""
        return [*self.before, *self.live, *self.after]

    @property
    def posts(self) -> int:
        """How many arrivals are webhook requests."""
        return sum(isinstance(one, Post) for one in self.arrivals)

    @property
    def rules(self) -> str:
        """The forms.yaml that says which webinar the simulated form is for."""
        return f"forms:\n  - service: typeform\n    form: {FORM}\n    webinar: {self.webinar_id}\n"


def script(now: int, secret: str, registrants: int = REGISTRANTS) -> Script:
    """The day that began two calendar days before `now` (ms): it is over, so that no time in it is in the future.

    `secret`: the key with which the webhook server makes person ids.
    """
    starts_at = now // DAY * DAY - 2 * DAY + 18 * HOUR
    scenario = Scenario(starts_at, registrants=registrants, by_services=True)
    webinars = webinars_of(scenario, SEED)
    main = webinars[0]
    arrivals = list(simulate(scenario, SEED))
    opens, closes = main.starts_at - _AROUND, main.ended_at + _AROUND
    broken = set(broken_values(main.webinar_id, main.started_at))
    values = [value for one in arrivals for value in records_of(one, main.webinar_id, Context(secret, now))]
    return Script(
        webinar_id=main.webinar_id,
        title=main.title,
        starts_at=starts_at,
        kill_at=starts_at + KILL_AFTER,
        before=[one for one in arrivals if one.at < opens],
        live=[one for one in arrivals if opens <= one.at < closes],
        after=[one for one in arrivals if one.at >= closes],
        webinar_ids=sorted(webinar.webinar_id for webinar in webinars),
        events=distinct_events(value for value in values if value not in broken),
        dead_letters=sum(value in broken for value in values),
    )


def records_of(arrival: Arrival, webinar_id: str, context: Context) -> list[bytes]:
    """The records of an arrival; the form's registrations are for `webinar_id`."""
    if not isinstance(arrival, Post):
        return [arrival.value]
    if arrival.service == "zoom":
        mapped = map_message(read_json(arrival.body), context).mapped
    else:
        mapped = list(map_typeform(arrival.body, context))
    events = [
        registration_event(one, webinar_id, context.received_at) if isinstance(one, FormRegistration) else one
        for one in mapped
    ]
    return [encode(event) for event in events if not isinstance(event, Rejection)]


def broken_values(webinar_id: str, started_at: int) -> list[bytes]:
    """The broken records that the simulator may send in the first minutes of a webinar."""
    return [
        value for minute in range(1, 6) for value in broken_records(webinar_id, started_at + minute * MINUTE).values()
    ]


def distinct_events(values: Iterable[bytes]) -> int:
    """How many events these records are: a repeated delivery differs only in received_at (docs/contract.md)."""
    return len({canonical(value) for value in values})


def objections(result: Result, script: Script, raw_events: int) -> list[str]:
    """What is wrong with the result, one line each; empty: nothing. `raw_events`: the day's events in the raw log."""
    found = [str(mismatch) for mismatch in result.mismatches[:_SHOWN_MISMATCHES]]
    if len(result.mismatches) > _SHOWN_MISMATCHES:
        found.append(f"… and {len(result.mismatches) - _SHOWN_MISMATCHES:,} more mismatches")
    if result.kafka is not None and result.missing:
        found += result.kafka.lines()
    if raw_events != script.events:
        found.append(f"the raw log holds {raw_events:,} events of the simulated day, {script.events:,} were published")
    if result.dead_letters != script.dead_letters:
        found.append(f"{result.dead_letters} dead letters, {script.dead_letters} broken records were sent")
    return found


def last_line(result: Result) -> str:
    """The last line of output, for scripts that run the demo."""
    return (
        f"demo ok: events={result.events} persons={result.persons} dead_letters={result.dead_letters} "
        f"mismatches={len(result.mismatches)}"
    )
