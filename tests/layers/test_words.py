"""What people are shown is said by us, not by a library."""

import re

from tests.layers.sources import ROOT, python_files

_OWN = {"contract/faults.py", "contract/decode.py"}
_NOT_YET = {"alerts/settings.py", "grafana/preview/serve.py"}


def test_what_pydantic_says_of_a_fault_is_put_in_our_words() -> None:
    told = {path for path in python_files() if re.search(r"""\[['"]msg['"]\]""", (ROOT / path).read_text())}
    assert told <= _OWN | _NOT_YET
