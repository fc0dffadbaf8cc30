"""What is still missing after a setup, each with the next step. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class HomeStep(NamedTuple):
    """A step of the home page (the view setup_steps)."""

    name: str
    done: bool
    sentence: str


def missing(steps: Sequence[HomeStep], *, has_webhooks: bool, live: Sequence[str]) -> Iterator[str]:
    """One line each. `live`: services that could report while a webinar runs, were their webhooks set up."""
    for one in steps:
        if not one.done:
            yield f"{one.name}: {one.sentence}"
    if has_webhooks:
        yield (
            "A public address for webhooks: docs/setup.md has it for nginx and Caddy; then funnel connectors check "
            "--public https://YOUR-NAME"
        )
    for name in live:
        yield f"Live numbers of {name}: it needs webhooks; docs/services/{name}.md says what to click"
