"""ClickHouse for the read-only user, and the questions that go there. Safe for several threads at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from clickhouse.client import Unreachable, connect
from funnel.answers.answer import Answer, answered
from funnel.report.numbers import Question, Row, named
from funnel.report.starts import Start, starts
from streams.settings import Settings

_ANSWER_SECONDS = 60


class AwayError(Exception):
    """ClickHouse does not answer. The text is for the log; a caller learns only that it is so."""


class UnknownError(Exception):
    """No event names one of these webinars. The text is one line."""


class Asked(NamedTuple):
    """A question, and how it is answered."""

    question: Question
    each_webinar: bool = False


class Answers:
    """The answers of an installation, as of any moment."""

    def __init__(self, settings: Settings, small_groups: int) -> None:
        self._settings = settings
        self.small_groups = small_groups
        self._lock = threading.Lock()
        self._client: Client | None = None

    def ask(self, asked: Asked) -> Answer:
        """Raises AwayError, and UnknownError for a webinar that no event names."""
        question = asked.question
        with self._reading() as client:
            if question.webinar_ids:
                known = starts(client, question.at, question.webinar_ids)
                if unknown := [one for one in question.webinar_ids if one not in known]:
                    raise UnknownError(f"no event names {', '.join(unknown)} by then")
            data_dir = self._settings.data_dir
            return answered(client, question, self.small_groups, data_dir, each_webinar=asked.each_webinar)

    def starts(self, question: Question) -> dict[str, Start]:
        """When its webinars begin. Raises AwayError."""
        with self._reading() as client:
            return starts(client, question.at, question.webinar_ids)

    def named(self, rows: list[Row]) -> list[Row]:
        """The rows with their source groups as people wrote them. Raises AwayError."""
        with self._reading() as client:
            return named(client, rows)

    def query(self, statement: str, parameters: dict[str, Any]) -> list[Row]:
        """The rows of a statement of ours. Raises AwayError."""
        with self._reading() as client:
            return list(client.query(statement, parameters=parameters).named_results())

    @property
    def default_timezone(self) -> str:
        """Of webinars without one."""
        return self._settings.default_timezone

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    @contextmanager
    def _reading(self) -> Iterator[Client]:
        try:
            yield self._connected()
        except (Unreachable, ClickHouseError, HTTPError, OSError) as error:
            # Not closed: others may be reading through it.
            with self._lock:
                self._client = None
            raise AwayError(" ".join(str(error).split())) from error

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings, user="reader", answer_seconds=_ANSWER_SECONDS)
            return self._client
