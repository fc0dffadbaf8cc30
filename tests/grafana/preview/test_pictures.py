"""Pictures of every page in each state: which pages, at which moment. What draws them is held by test_browser.py."""

from contract.instants import DAY
from grafana.dashboard import PAGES
from tests.grafana import academy, many, school
from tests.grafana.preview.pictures import STATES, url
from tests.grafana.school import AT


def test_every_state_shows_its_own_moment_and_a_running_installation_its_own() -> None:
    by_name = {state.name: state for state in STATES}
    assert by_name.keys() == {"demo", "past", "before", "empty", "many", "school", "monday"}
    assert url("http://x", by_name["past"], "today", "dark").endswith(f"&from={AT - 8 * DAY}&to={AT - DAY}")
    assert url("http://x", by_name["empty"], "today", "light") == "http://x/d/today?theme=light&refresh=off"
    assert f"var-webinar={school.LIVE}" in url("http://x", by_name["demo"], "webinar", "light")
    assert all("var-webinar" not in url("http://x", by_name["demo"], uid, "light") for uid in PAGES if uid != "webinar")


def test_there_are_long_names_and_sixty_sources() -> None:
    events = many.events()
    assert len({one["source"]["utm_source"] for one in events if one.get("source")}) == many.SOURCES
    assert max(len(one.get("title", "")) for one in events) > 150
    half_a_year = academy.events()
    assert len({one["source"]["utm_source"] for one in half_a_year if one.get("source")}) == 61
    assert len({one["webinar_id"] for one in half_a_year}) > 350
