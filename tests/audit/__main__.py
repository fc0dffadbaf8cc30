"""`make audit`: known vulnerabilities of the locked packages, their licences, and secrets in the tree.

The tools come into an environment of their own, .audit, on the first run. Exits 1 where something was found, and 3
where the data about vulnerabilities cannot be had, so that nothing was looked up.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.audit.licences import installed, others

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".audit"
TOOLS = ("pip-audit==2.10.1", "detect-secrets==1.5.0")
KNOWN = ROOT / "tests" / "audit" / "known.json"
"""What looks like a secret and is none: file -> kinds. Tests and examples are not searched: theirs are made up."""
_SEARCHED_NOT = (
    "tests/",
    "docs/",
    "grafana/preview/dist/",
    "requirements.lock",
    "grafana/preview/web/package-lock.json",
)


def main() -> int:
    """Looks everything up; returns the exit status."""
    make()
    unchecked, vulnerable = vulnerabilities()
    found = [*vulnerable, *others(installed()), *secrets()]
    for line in found:
        print(line)
    if unchecked:
        print(f"{unchecked} packages were not looked up: the data about vulnerabilities cannot be had from here.")
    print(f"{len(found)} findings")
    return 1 if found else 3 if unchecked else 0


def make() -> None:
    """Installs the tools where they are missing."""
    made = HOME / "tools"
    if made.exists() and made.read_text() == " ".join(TOOLS):
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    subprocess.run([str(HOME / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *TOOLS], check=True)
    made.write_text(" ".join(TOOLS))


def vulnerabilities() -> tuple[int, list[str]]:
    """How many packages could not be looked up, and what is known of the others, a line each."""
    command = ["pip-audit", "--disable-pip", "--require-hashes", "-r", "requirements.lock", "-f", "json"]
    dependencies = json.loads(_output(*command))["dependencies"]
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no release'}"
        for one in dependencies
        for flaw in one.get("vulns", [])
    ]
    return sum("skip_reason" in one for one in dependencies), found


def secrets() -> list[str]:
    """What looks like a secret in the files of the repository and is not known, a line each."""
    known = json.loads(KNOWN.read_text())
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    searched = [name for name in files if not name.startswith(_SEARCHED_NOT)]
    results: dict[str, list[dict[str, Any]]] = json.loads(_output("detect-secrets", "scan", "--no-verify", *searched))[
        "results"
    ]
    return [
        f"{name}:{one['line_number']}: {one['type']}"
        for name, found in results.items()
        for one in found
        if one["type"] not in known.get(name, [])
    ]


def _output(tool: str, *arguments: str) -> str:
    # Both exit with 1 where they found something.
    command = [str(HOME / "bin" / tool), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main())
