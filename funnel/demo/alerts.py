"""What alerts would have sent in the previous weeks: they have to name the weak new source, and nothing else."""

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from alerts.detection.settings import DropSettings
from alerts.messages import Message
from alerts.read import Reader
from alerts.simulate import simulate
from connectors.simulator.history import BEFORE_THE_LAUNCH, WEBINARS, History
from connectors.simulator.registering import NEW_SOURCE
from funnel.report.starts import utc_said

_DAYS = WEBINARS + 3
"""The history ends two to three days before the demo."""


def drops(client: Client, at: int, history: History) -> list[Message]:
    """The messages about drops that the detector, run over the history, would have sent. Raises ClickHouse's errors."""
    said = simulate(Reader(client), at, _DAYS, 1, DropSettings())
    return [one for one in said if one.raised and one.kind == "drop" and one.webinar_id in history.webinar_ids]


def objection(said: Sequence[Message], history: History) -> str | None:
    """What is wrong with them; None: the launch was noticed, the source named, and nothing was sent before it."""
    if not said:
        return f"no alert reports that hardly anybody of {NEW_SOURCE} came"
    first = said[0]
    if first.webinar_id != history.launched:
        return f"the first alert is about {first.webinar_id}, the new source came with {history.launched}"
    if NEW_SOURCE not in first.text.splitlines()[0]:
        return f"the alert does not name {NEW_SOURCE} first: {first.text.splitlines()[0]}"
    return None


def introduction() -> str:
    """A description of the history."""
    return (
        f"Import the previous weeks: {WEBINARS} webinars, one a day. After {BEFORE_THE_LAUNCH} of them a new source, "
        f"{NEW_SOURCE}, begins to send people, few of whom attend"
    )


def lines(said: Sequence[Message]) -> list[str]:
    """The first message as people would have received it, and the number of later ones."""
    first, after = said[0], len(said) - 1
    about = f"No alert in the {BEFORE_THE_LAUNCH} webinars before. {utc_said(first.created_at)}:"
    more = [f"… and {after} more about the webinars that followed"] if after else []
    return [about, first.title, *(f"  {line}" for line in first.text.splitlines()), *more]
