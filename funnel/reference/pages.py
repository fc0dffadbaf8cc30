"""All pages of reference that are written from the code."""

from functools import cache

from funnel.reference.api import api_page
from funnel.reference.cli import cli_page
from funnel.reference.events import events_page
from funnel.reference.settings import settings_page
from funnel.reference.views import views_page

WRITTEN = "<!-- Written from the code by make reference: edit the code. -->"


@cache
def pages() -> dict[str, str]:
    """File name in docs/reference -> its text."""
    made = {
        "settings.md": settings_page(),
        "cli.md": cli_page(),
        "events.md": events_page(),
        "views.md": views_page(),
        "api.md": api_page(),
    }
    return {name: f"{WRITTEN}\n{text.rstrip()}\n" for name, text in made.items()}
