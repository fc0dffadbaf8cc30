"""A connection that breaks is no stack trace, and too many dimensions are no answer."""

import pytest
from urllib3.exceptions import ProtocolError

from funnel.answers.answer import parse_dimensions
from funnel.answers.source import Answers, AwayError
from streams.settings import Settings


def test_an_answer_that_breaks_off_means_that_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(Settings(), 5)
    monkeypatch.setattr(answers, "_connected", lambda: None)
    with pytest.raises(AwayError, match="Connection broken"), answers._reading():
        raise ProtocolError("Connection broken: IncompleteRead(0 bytes read)")


def test_there_may_be_six_dimensions_at_once() -> None:
    six = "webinar,course,region,week,hour,format"
    assert parse_dimensions(six) == (("course", "region", "week", "hour", "format"), True)
    with pytest.raises(ValueError, match="more than 6 dimensions at once"):
        parse_dimensions(f"{six},people")
