"""What to open when a demo is kept. Pure."""

from connectors.simulator.present import Present
from connectors.simulator.registering import NEW_SOURCE
from connectors.simulator.webinars import Planned
from contract.instants import MINUTE, format_instant


def links(address: str, playing: Present) -> str:
    """The pages to open first, each with a line and a sentence. Pure."""
    yesterday = playing.over[-1]
    sources_of = "from=now-28d&to=now&var-course=data"
    shown = (
        ("/d/today", "what needs attention, what is live, yesterday, and what is upcoming."),
        ("/d/on-now", f'"{playing.live.title}" is live until {_clock(playing.live.ended_at)} UTC: people come and go.'),
        (
            f"/d/webinar?var-webinar={yesterday.webinar_id}&{_window(yesterday)}",
            "yesterday's webinar minute by minute, beside those like it.",
        ),
        (f"/d/sources?{sources_of}", f"the new source {NEW_SOURCE}, of whose registrants hardly any attend."),
    )
    return "\n".join(
        f"  {address}{path}\n      [dim]{sentence[0].upper()}{sentence[1:]}[/]" for path, sentence in shown
    )


def _clock(at: int) -> str:
    return format_instant(at)[11:16]


def _window(webinar: Planned) -> str:
    return f"from={webinar.starts_at - 15 * MINUTE}&to={webinar.ended_at + 15 * MINUTE}"
