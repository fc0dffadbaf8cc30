"""Texts enter in one line and as text, whichever way; clean ones stay as they are, and their events too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.business.catalogue import catalogue, parse
from connectors.mapped import Reason, Rejection
from connectors.toolkit.content_id import event_of, identified_event, mapped_event
from connectors.toolkit.marked import read
from connectors.toolkit.texts import cleaned, cleaned_content
from connectors.zoom.connector import CONNECTOR as ZOOM
from contract.events import Registration, Webinar
from tests.connectors.any_json import CONTEXT

DIRTY = ["a\nb", "a\r\nb", "a\x00b", "a\x85b", "a\u2028b", "a\u2029b", "\ta b\n", "a\x1b b"]
HIDDEN = ["a\u202e b", "\ufeffa b", "a \u2066b\u2069"]
CONTENT: dict[str, object] = {
    "type": "webinar",
    "webinar_id": "zoom:1",
    "platform": "zoom",
    "occurred_at": "2026-11-22T18:00:00.000Z",
}


@pytest.mark.parametrize("text", [*DIRTY, *HIDDEN])
def test_a_text_is_one_line_that_hides_nothing(text: str) -> None:
    assert " ".join(cleaned(text).split()) == "a b"
    assert cleaned(text).isprintable()


@pytest.mark.parametrize("text", ["", "a b", " a ", "Вебинар", "a\u00a0b", "שלום", "👩\u200d💻", "a\u200eb", "é"])
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert cleaned(text) == text


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_what_is_clean_is_clean_for_good_and_can_be_written(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    once.encode()
    assert len(once.splitlines()) <= 1


def test_every_text_of_an_event_is_cleaned_and_no_id() -> None:
    service = {"tags": ["a\nb", "\n", "c"], "channel": "\x00", "host": None}
    made = mapped_event({**CONTENT, "title": "Python\nSubject: x", "course": "", "service": service}, CONTEXT, "zoom")
    assert isinstance(made, Webinar)
    assert (made.title, made.course) == ("Python Subject: x", "")
    assert made.service is not None
    assert (made.service.tags, made.service.channel) == (["a b", "c"], None)
    assert cleaned_content({"webinar_id": "a\nb", "session_id": "\x00"}) == {"webinar_id": "a\nb", "session_id": "\x00"}


def test_half_a_character_is_replaced_in_a_text_and_refused_in_an_id() -> None:
    made = mapped_event({**CONTENT, "title": "a\ud800"}, CONTEXT, "zoom")
    assert isinstance(made, Webinar)
    assert made.title == "a\ufffd"
    for refused in (
        mapped_event({**CONTENT, "webinar_id": "zoom:\ud800"}, CONTEXT, "zoom"),
        identified_event({**CONTENT, "webinar_id": "zoom:\ud800"}, CONTEXT.received_at, "typeform:1"),
    ):
        assert isinstance(refused, Rejection)
        assert refused.reason == Reason.WRONG_FORM


def test_the_source_of_a_form_is_cleaned_when_it_becomes_an_event() -> None:
    content = {**CONTENT, "type": "registration", "status": "registered", "person_id": f"p_{'0' * 32}"}
    made = identified_event(
        {**content, "source": {"utm_source": "vk\n"}, "country": "\u2028"}, CONTEXT.received_at, "t:1"
    )
    assert isinstance(made, Registration)
    assert made.source is not None
    assert (made.source.utm_source, made.country) == ("vk", None)


def test_the_ids_of_clean_contents_are_what_they_were() -> None:
    made = event_of({**CONTENT, "title": " Python  from\u00a0zero "}, CONTEXT.received_at, "zoom")
    assert made.event_id == "zoom:37d9089be8c3b9a5f904994b4173c3dd"


def test_a_topic_of_zoom_with_a_line_break_is_a_title_of_one_line() -> None:
    message = (
        b'{"event":"webinar.created","event_ts":1795370400000,"payload":{"object":{"id":"1","type":5,'
        b'"topic":"Python\\nfrom \\u2028zero\\u202e","start_time":"2026-11-23T18:00:00Z"}}}'
    )
    (made,) = ZOOM.map_payload(message, CONTEXT)
    assert isinstance(made, Webinar)
    assert made.title == "Python from  zero"


def test_what_the_catalogue_sets_is_as_clean_as_its_statement() -> None:
    """Else the statement would never say what was decided, and be made anew again and again."""
    marked = read('rules: [{set: {course: "Py\\nthon\\u2028"}}]', "catalogue.yaml")
    ((_, labels, _),) = catalogue(marked, parse(marked), {}, None).rules
    assert labels == {"course": "Py thon"}
