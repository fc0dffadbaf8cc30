"""`make mutants`: tries every mutant, or those named. Exit status 1 unless all die."""

import sys
import time

from tests.mutants.entries import StaleError, read_mutants
from tests.mutants.run import tried


def main(names: list[str]) -> int:
    """Prints one line a mutant and a total. A name is an area or one mutant: `streams`, `streams-3`."""
    begun = time.monotonic()
    mutants = [one for one in read_mutants() if not names or one.area in names or one.name in names]
    died = 0
    try:
        for result in tried(mutants):
            died += result.died
            print(f"{result.said:9} {result.mutant.name:14} {result.mutant.file}: {result.mutant.why}", flush=True)
    except StaleError as error:
        print(error)
        return 1
    print(f"{died} of {len(mutants)} mutants died, in {time.monotonic() - begun:.0f} s")
    return 0 if mutants and died == len(mutants) else 1


sys.exit(main(sys.argv[1:]))
