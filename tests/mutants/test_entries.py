"""The mutants fit the code as it is. Whether they die `make mutants` says."""

from tests.mutants.entries import missing_tests, mutated, read_mutants
from tests.mutants.run import ROOT


def test_each_change_applies_exactly_once_and_names_tests_that_are_there() -> None:
    mutants = read_mutants()
    assert len(mutants) >= 100
    for mutant in mutants:
        text = (ROOT / mutant.file).read_text()
        assert mutated(mutant, text) != text
        assert mutant.tests
        assert mutant.why
    assert len({(one.file, one.old, one.new) for one in mutants}) == len(mutants)
    assert missing_tests(mutants, ROOT) == []
