"""docs/explanation/path.md, watched: which of the files that it names one event passes, and in which order.

A step is passed when its function is entered or left holding the event, wherever in its arguments, its variables or
what it returns; data, when it is handed over with the event; SQL, when the server is sent a statement that names it.
"""

import importlib
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.httpclient import HttpClient
from kafka import KafkaProducer

from tests.layers.sources import FOLDERS, ROOT

METHODS = {"Batches": "Batches.write"}
"""Of a class that an event passes several times: the method that the step is about."""
_DEPTH = 6
_WALKED = (*FOLDERS, "aiokafka")
"""Whose objects are looked into: Kafka's client hands records on as its own."""


class Step(NamedTuple):
    """A row of the table, or one of its files."""

    path: str
    name: str


def rows() -> list[tuple[Step, ...]]:
    """The table, row by row: several files of a row may be passed in any order."""
    page = (ROOT / "docs/explanation/path.md").read_text()
    cells = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("|")][2:]
    return [tuple(Step(path, names.strip(" `")) for path in re.findall("`(.+?)`", files)) for _, files, names in cells]


@dataclass
class Watch:
    """Writes down what passes. `mark`: a text that is in every form of the event, from payload to answer."""

    mark: str
    steps: Iterable[Step]
    passed: list[Step] = field(default_factory=list)
    """In order, each once."""
    trouble: dict[Step, str] = field(default_factory=dict)
    """Why a step cannot be passed at all."""
    _of_file: dict[str, list[tuple[Step, str]]] = field(default_factory=dict)
    _topics: dict[Step, set[str]] = field(default_factory=dict)
    _sql: dict[Step, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for step in self.steps:
            if not (ROOT / step.path).is_file():
                self.trouble[step] = "there is no such file"
            elif step.path.endswith(".py"):
                self._look_for_python(step)
            else:
                self._look_for_sql(step)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """In every thread that begins meanwhile, and in this one."""
        before = sys.getprofile(), threading.getprofile()
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)
        try:
            yield
        finally:
            sys.setprofile(before[0])
            threading.setprofile(before[1])

    def _look_for_python(self, step: Step) -> None:
        module = importlib.import_module(step.path.removesuffix(".py").replace("/", "."))
        found = getattr(module, step.name, None)
        if isinstance(found, Mapping):
            self._topics[step] = {topic.name for topic in found.values()}
        elif found is None or not _made_in(module, found):
            self.trouble[step] = f"{step.name} is not made there"
        else:
            self._of_file.setdefault(str(ROOT / step.path), []).append((step, METHODS.get(step.name, step.name)))

    def _look_for_sql(self, step: Step) -> None:
        text = (ROOT / step.path).read_text()
        if "/migrations/" in step.path:
            self._sql[step] = rf"^{step.name}$"
            makes = bool(re.search(rf"CREATE TABLE (IF NOT EXISTS )?{step.name}\b", text))
        else:
            self._sql[step] = rf"\b{step.name}\("
            makes = step.path.endswith(f"/{step.name}.sql") or f"FROM {step.name}(" in text
        if not makes:
            self.trouble[step] = f"{step.name} is not made there"

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event not in ("call", "return"):
            return
        code = frame.f_code
        for step, name in self._of_file.get(code.co_filename, ()):
            if step not in self.passed and f"{code.co_qualname}.".startswith(f"{name}."):
                held = [value for name, value in frame.f_locals.items() if name != "self"]
                if holds([*held, argument], self.mark):
                    self.passed.append(step)
        if event == "call" and code in _HANDED:
            self._hand_over(_HANDED[code], frame.f_locals)

    def _hand_over(self, how: str, given: Mapping[str, Any]) -> None:
        """To Kafka, or a statement to ClickHouse."""
        if how == "produce":
            if holds([given["value"]], self.mark):
                self._pass(step for step, names in self._topics.items() if given["topic"] in names)
        elif how == "insert":
            if holds([given["insert_block"]], self.mark):
                self._pass_statement(str(given["table"]))
        else:
            self._pass_statement(str(given["query"]))

    def _pass_statement(self, text: str) -> None:
        self._pass(step for step, pattern in self._sql.items() if re.search(pattern, text))

    def _pass(self, steps: Iterable[Step]) -> None:
        self.passed += [step for step in steps if step not in self.passed and step not in self.trouble]


_HANDED = {
    KafkaProducer.send.__code__: "produce",
    HttpClient.raw_insert.__code__: "insert",
    Client.query.__code__: "query",
}


def _made_in(module: ModuleType, found: Any) -> bool:
    return getattr(found, "__module__", "") == module.__name__


def holds(value: Any, mark: str, depth: int = _DEPTH) -> bool:
    """Whether the text is in the value, or in what it is made of."""
    if isinstance(value, str):
        return mark in value
    if isinstance(value, bytes | bytearray):
        return mark.encode() in value
    if depth == 0 or value is None or isinstance(value, int | float | type | ModuleType):
        return False
    return any(holds(part, mark, depth - 1) for part in _parts(value))


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if type(value).__module__.split(".")[0] not in _WALKED:
        return ()
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    return [*getattr(value, "__dict__", {}).values(), *(getattr(value, name, None) for name in slots)]


def wrong(table: Iterable[tuple[Step, ...]], watch: Watch) -> list[str]:
    """What of the table is not so: a line each."""
    lines = []
    latest = -1
    for row in table:
        for step in row:
            if step in watch.trouble:
                lines.append(f"{step.path}: {watch.trouble[step]}")
            elif step not in watch.passed:
                lines.append(f"{step.path}: the event does not pass {step.name}")
        places = [watch.passed.index(step) for step in row if step in watch.passed]
        if places and min(places) < latest:
            lines.append(f"{row[0].path}: the event passes {row[0].name} earlier")
        latest = max([latest, *places])
    return lines
