"""Where in a payload a value is: a JSON pointer (RFC 6901) with three more kinds of steps. Pure.

`[name=email]`   the elements of a list, or of an object, whose `name` is `email`
`[time=latest]`  the one element whose `time` is the latest
`q*_email`       the keys with this start and end; `*` alone is every key and every element

A text that is itself JSON is entered as if it were not quoted. A name that is not found as written is also looked for
in other letter cases.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import orjson
from jsonpointer import JsonPointer, JsonPointerException

from connectors.toolkit import reading

_ELEMENT = re.compile(r"\[([^\[\]=]+)=([^\[\]]+)\]", re.DOTALL)
_LATEST = "latest"
_LONGEST_INNER = 1_000_000
_JSON = ("{", "[")


@dataclass(frozen=True, slots=True)
class Step:
    """One step into a payload."""

    key: str
    """As written."""
    element: tuple[str, str] | None = None
    """Of `[name=email]`: the member, and its value."""
    pattern: tuple[str, str] | None = None
    """Of a key with `*`: the text before and after it."""

    def of(self, said: object) -> Iterator[object]:
        """The values that it leads to, in the payload's order."""
        if isinstance(said, Mapping):
            yield from self._of_object(said)
        elif isinstance(said, list):
            yield from self._of_list(said)

    def _of_object(self, said: Mapping[str, object]) -> Iterator[object]:
        if self.key in said:
            yield said[self.key]
        elif self.element is not None:
            yield from self._elements(said.values())
        elif self.pattern is not None:
            before, after = self.pattern
            for key, value in said.items():
                folded = key.casefold()
                if len(key) >= len(before + after) and folded.startswith(before) and folded.endswith(after):
                    yield value
        else:
            wanted = _folded(self.key)
            yield from (value for key, value in said.items() if _folded(key) == wanted)

    def _of_list(self, said: list[object]) -> Iterator[object]:
        if self.element is not None:
            yield from self._elements(said)
        elif self.pattern == ("", ""):
            yield from said
        elif re.fullmatch(r"\d{1,9}", self.key, re.ASCII) and int(self.key) < len(said):
            yield said[int(self.key)]

    def _elements(self, said: Iterable[object]) -> Iterator[object]:
        assert self.element is not None
        member, wanted = self.element
        objects = [one for one in said if isinstance(one, Mapping)]
        if wanted == _LATEST:
            timed = [(at, one) for one in objects if (at := reading.instant(one.get(member))) is not None]
            yield from (one for _, one in sorted(timed, key=itemgetter(0))[-1:])
        else:
            yield from (one for one in objects if _folded(reading.text(one.get(member))) == wanted)


@lru_cache(maxsize=1024)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of a path. Raises ValueError with what to write instead."""
    try:
        parts = JsonPointer(path).parts
    except JsonPointerException as error:
        raise ValueError("a pointer begins with /, such as /data/email (RFC 6901)") from error
    return tuple(_step(str(part)) for part in parts)


def _step(part: str) -> Step:
    element = _ELEMENT.fullmatch(part)
    if element is not None:
        return Step(part, element=(element[1].strip(), _folded(element[2])))
    if part.startswith("[") and part != "[]":
        raise ValueError(f"{part} is not a step of a pointer; write [name=email], and ~1 for a slash in it")
    if part.count("*") > 1:
        raise ValueError(f"{part}: a step of a pointer has at most one *")
    if "*" in part:
        before, _, after = part.casefold().partition("*")
        return Step(part, pattern=(before, after))
    return Step(part)


def is_search(path: str) -> bool:
    """Whether it has a step with `*`, so that it searches rather than names."""
    return any(step.pattern is not None for step in steps(path))


@dataclass(frozen=True, slots=True)
class Payload:
    """The fields of one delivery's body, and the texts in them that were entered as JSON."""

    fields: Mapping[str, object]
    _inner: dict[str, object]

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> "Payload":
        """With nothing entered yet."""
        return cls(fields, {})

    def at(self, path: str) -> list[object]:
        """All values there, in the payload's order; empty if there are none."""
        return self.follow(steps(path))

    def walk(self, path: str) -> tuple[list[object], int]:
        """How many of the path's steps lead somewhere, up to its first search, and what they lead to."""
        taken = steps(path)
        count = next((number for number, step in enumerate(taken) if step.pattern is not None), len(taken))
        while not (found := self.follow(taken[:count])):
            count -= 1
        return found, count

    def follow(self, taken: Sequence[Step]) -> list[object]:
        """The same for steps."""
        found: list[object] = [self.fields]
        for step in taken:
            found = [one for said in found for one in step.of(self.entered(said))]
        return found

    def entered(self, said: object) -> object:
        """The content of a text that is JSON; anything else as it is."""
        if not isinstance(said, str) or not said.lstrip().startswith(_JSON) or len(said) > _LONGEST_INNER:
            return said
        if said not in self._inner:
            try:
                self._inner[said] = orjson.loads(said)
            except (orjson.JSONDecodeError, UnicodeEncodeError):
                self._inner[said] = said
        return self._inner[said]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
