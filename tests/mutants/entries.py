"""The list of mutants: one TOML file an area, beside this module. Pure but for reading the files."""

import ast
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
_KEYS = {"file", "old", "new", "tests", "why"}


class Mutant(NamedTuple):
    """One small change of one file, and the tests of which at least one must fail of it."""

    area: str
    number: int
    """Its place in the area's list, from 1."""
    file: str
    old: str
    """Stands in the file exactly once."""
    new: str
    tests: tuple[str, ...]
    """What pytest is asked for: files, or `file::test`."""
    why: str

    @property
    def name(self) -> str:
        """By which it is chosen and shown."""
        return f"{self.area}-{self.number}"


class StaleError(Exception):
    """A mutant does not fit the code any longer. Its text says which and why."""


def read_mutants(folder: Path = FOLDER) -> list[Mutant]:
    """All mutants, area by area. Raises StaleError for an entry with other keys than a mutant has."""
    mutants = []
    for path in sorted(folder.glob("*.toml")):
        for number, entry in enumerate(tomllib.loads(path.read_text())["mutant"], 1):
            if entry.keys() != _KEYS:
                raise StaleError(f"{path.stem}-{number}: its keys must be {', '.join(sorted(_KEYS))}")
            mutants.append(Mutant(path.stem, number, **{**entry, "tests": tuple(entry["tests"])}))
    return mutants


def mutated(mutant: Mutant, text: str) -> str:
    """The file's text with the change. Raises StaleError unless the old text stands in it exactly once."""
    times = text.count(mutant.old)
    if times != 1:
        raise StaleError(f"{mutant.name}: the old text stands {times} times in {mutant.file}, not once")
    return text.replace(mutant.old, mutant.new)


def missing_tests(mutants: Iterable[Mutant], root: Path) -> list[str]:
    """The named tests that are not there."""
    defined: dict[str, set[str]] = {}
    missing = []
    for mutant in mutants:
        for test in mutant.tests:
            file, _, function = test.partition("::")
            if file not in defined:
                defined[file] = _functions(root / file)
            if function.partition("[")[0] not in defined[file]:
                missing.append(f"{mutant.name}: there is no {test}")
    return missing


def _functions(path: Path) -> set[str]:
    """The test functions of a file, and "" for the file itself."""
    if not path.is_file():
        return set()
    found = ast.walk(ast.parse(path.read_text()))
    return {"", *(one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))}
