"""The forms in which the preview writes variables, against those of @grafana/scenes. Needs npm; skipped elsewhere."""

import json
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from grafana.preview.variables import _FORMS, formatted
from tests.grafana.preview.packages import WEB, installed, own_folder, scenes

# npm installs once, on one worker of a run.
pytestmark = pytest.mark.xdist_group("npm")

VALUES: list[str | list[str]] = [
    "a",
    "",
    'it\'s "x"',
    "a b&c=d+e/f?g#h%i",
    "<b>я 😀</b>",
    "!'()*~-_.",
    "$1 $& $$",
    "{a,b}",
    "a.b[c]|d",
    "1795370400123",
    [],
    ["a"],
    ["it's", 'x"y', "a,b"],
    ["$__all"],
    ["a&b", "я"],
]
NOT_OURS = {"lucene", "regex", "distributed", "text", "customqueryparam", "join"}
"""Forms that no dashboard uses; of text the preview asks the variable (interpolate.ts)."""


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """What Grafana's code and the preview's make of each value in each form."""
    packages, node = installed(), shutil.which("node")
    assert node is not None
    forms = ["raw", "csv", "pipe", "glob", "json", "singlequote", "doublequote", "sqlstring", "queryparam", "html"]
    forms += ["percentencode", "uriencode"]
    cases = [{"format": form, "args": [], "name": "v", "value": value} for form, value in product(forms, VALUES)]
    dates: tuple[list[str], ...] = ([], ["iso"], ["ms"], ["seconds"], ["YYYY-MM"], ["HH", "mm"])
    cases += [{"format": "date", "args": args, "name": "v", "value": "1795370400123"} for args in dates]
    asked = {
        "packages": str(packages),
        "scenes": str(scenes() / "dist/esm/variables/interpolation/formatRegistry.js"),
        "preview": str(WEB / "src/formats.ts"),
        "out": str(own_folder()),
        "cases": cases,
    }
    script = Path(__file__).with_name("formats.mjs")
    done = subprocess.run(
        [node, str(script)], input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return {"cases": cases, **json.loads(done.stdout)}


def test_the_page_writes_every_form_as_grafana_does(written: dict[str, Any]) -> None:
    differ = [
        (case, told)
        for case, told in zip(written["cases"], written["told"], strict=True)
        if told["grafana"] != told["preview"]
    ]
    assert differ == []


def test_the_server_writes_every_form_as_grafana_does(written: dict[str, Any]) -> None:
    differ = []
    for case, told in zip(written["cases"], written["told"], strict=True):
        # Grafana writes any text raw; here it would be SQL of the browser (test_variables.py).
        if case["format"] in _FORMS and (case["format"] != "raw" or case["value"] in ("a", ["a"])):
            ours = formatted(case["name"], case["value"], case["format"])
            if ours != told["grafana"]:
                differ.append((case, told["grafana"], ours))
    assert differ == []


def test_no_form_of_grafanas_is_forgotten(written: dict[str, Any]) -> None:
    assert set(written["formats"]) - NOT_OURS == {case["format"] for case in written["cases"]}
