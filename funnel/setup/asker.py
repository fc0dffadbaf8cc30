"""Who answers the questions: a person in a terminal, or a file of answers."""

import getpass
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from funnel.setup.errors import SetupError
from funnel.setup.questions import Question

_CLOSED = (
    "there is nobody to answer: standard input is closed. Run funnel setup in a terminal, or with --answers FILE "
    "(docs/setup.md). What was done stays."
)


class Asker(Protocol):
    """Answers questions."""

    @property
    def is_person(self) -> bool:
        """Whether a wrong answer can be given again."""

    def ask(self, question: Question) -> str:
        """The answer, which is right by `question.wrong`. Raises SetupError."""


class Terminal:
    """Asks a person, again after a wrong answer."""

    is_person = True

    def __init__(self, say: Callable[[str], None], read: Callable[[str, bool], str] | None = None) -> None:
        """`say` prints a line. `read(prompt, hidden)` reads one; it raises EOFError once there is none."""
        self._say = say
        self._read = read or _line

    def ask(self, question: Question) -> str:
        if question.source:
            self._say(f"    {question.source}")
        shown = f" [{question.default}]" if question.default else " [none]" if question.default == "" else ""
        while True:
            try:
                said = self._read(f"  {question.text}{shown}: ", question.hidden).strip()
            except (EOFError, RuntimeError, ValueError) as error:
                self._say("")
                raise SetupError(_CLOSED) from error
            if not said and question.default is not None:
                return question.default
            why = question.wrong(said) if said else "An answer is needed; Ctrl-C ends setup, and it continues here."
            if not why:
                return said
            self._say(f"    {why}")


class Prepared:
    """Answers from a file; what it leaves out has the question's default."""

    is_person = False

    def __init__(self, answers: Mapping[str, str], file: str) -> None:
        self._answers = answers
        self._file = file

    def ask(self, question: Question) -> str:
        said = self._answers.get(question.key, question.default)
        if said is None:
            raise SetupError(f"{self._file}: {question.key} is missing. {question.source}".rstrip())
        if said and (why := question.wrong(said)):
            raise SetupError(f"{self._file}: {question.key}: {why}")
        return said


def _line(prompt: str, hidden: bool) -> str:
    if hidden and sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(prompt)
    return input(prompt)
