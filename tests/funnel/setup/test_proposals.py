"""The drafts of rules and mappings are valid files, and sort what they were made from."""

from time import process_time

import pytest
import yaml

from connectors.business.catalogue import Listed, catalogue, parse
from connectors.business.sources import rule_for, source_rules
from connectors.table.mapping_file import parse as parse_mapping
from connectors.table.suggest import suggest
from connectors.toolkit.marked import read
from connectors.toolkit.rows import Row
from funnel.setup.proposals import catalogue_text, course_of, found, sources_text
from funnel.setup.tables import completed, is_zoom_report, still_open

TITLES = [
    *("Python from zero #1", "Python from zero #12", "SQL: part 3", 'Say "hi" *now*', "/odd/", "2026"),
    "Data 101 for all",
]


def test_a_course_is_the_title_without_its_number() -> None:
    assert [course_of(title) for title in TITLES] == [
        *("Python from zero", "Python from zero", "SQL", 'Say "hi" *now*', "/odd/", "2026", "Data 101 for all"),
    ]
    assert course_of("Careers (24.11.2026)") == "Careers"
    assert course_of("Web2") == "Web2"
    assert course_of("Web2 3 (Nr. 4/5)") == "Web2 3"
    assert course_of("#12") == "#12"


@pytest.mark.parametrize("odd", ["#", "# ", "1 ", "part ", ":1", "(", ". - "])
def test_a_title_of_one_sign_alone_takes_no_time(odd: str) -> None:
    began = process_time()
    assert course_of(odd * 5_000)
    assert process_time() - began < 1


def test_the_catalogue_decides_about_every_title() -> None:
    marked = read(catalogue_text(TITLES), "catalogue.yaml")
    rules = catalogue(marked, parse(marked), {}, None)
    for title in TITLES:
        said = rules.decide(Listed("zoom:1", title, (), "", "", ""))
        assert said["course"].value == course_of(title)
    empty = read(catalogue_text([]), "catalogue.yaml")
    assert not catalogue(empty, parse(empty), {}, None).decide(Listed("zoom:1", "x", (), "", "", ""))


def test_the_source_rules_sort_what_they_were_made_from() -> None:
    said = [{"utm_source": f"vk{number}", "utm_medium": "cpc*"} for number in range(45)]
    text = sources_text([(rule_for(one, f"Group {number}"), 3) for number, one in enumerate(said)])
    rules = source_rules(read(text, "sources.yaml"))
    assert "  # and 5 more: funnel business unsorted\n" in text
    found = [decision.group for one in said if (decision := rules.decide(one)) is not None]
    assert found == [f"Group {number}" for number in range(40)]
    assert source_rules(read(sources_text([]), "sources.yaml")).rules == ()


def test_what_was_found_is_listed_shortly() -> None:
    titles = ["SQL #1", "SQL #2", *(f"Course {letter}" for letter in "abcdef")]
    assert found(titles, [("vk", 3), ("newsletter", 1200), ("vk", 4)]) == [
        "Webinars by title: SQL (2), Course a (1), Course b (1), Course c (1), Course d (1), Course e (1), and 1 more",
        "Registrations by source: newsletter (1,200), vk (7)",
    ]
    assert found([], []) == ["No webinar has a title", "Nobody gave a source"]


def rows(*lines: str) -> list[Row]:
    return [Row(number, line.split(",")) for number, line in enumerate(lines, 1)]


def test_what_a_drafted_mapping_leaves_open_is_asked_and_put_in() -> None:
    table = rows("Email,Join time,Leave time", "a@example.com,05/10/2026 18:00,05/10/2026 19:00")
    draft = suggest(table, "Europe/Berlin")
    left = still_open(draft)
    assert (left.webinar, left.starts_at, left.order, left.advice) == (True, True, True, ())
    text = completed(draft, "webex", "intro", "2026-10-05 18:00", "day-first")
    mapping = parse_mapping(text, "a.yaml")
    assert (mapping.platform, mapping.dates, mapping.timezone) == ("webex", ("%d/%m/%Y %H:%M",), "Europe/Berlin")
    assert mapping.constants == {"webinar_id": "intro", "starts_at": "2026-10-05 18:00"}
    assert yaml.safe_load(completed(draft, "zoom", None, None, None))["constants"]["webinar_id"] == "..."
    both = still_open(suggest(rows("Email,Registered,Join time", "a@example.com,2026-10-05 18:00,")))
    assert both.advice == ("it has attendance too: import it again with a mapping file of kind attendance",)


def test_a_report_of_zooms_is_known_by_its_summary() -> None:
    report = rows("Attendee Report", "Report Generated:,x", "Topic,Webinar ID,Actual Start Time", "A,1,2")
    assert is_zoom_report(report)
    assert not is_zoom_report(rows("Email,Topic", "a@example.com,x"))
