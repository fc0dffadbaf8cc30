"""Payloads as form services send them (details replaced), each with the description that reads it right, or that a
new user wrote and that is answered with the line that helps.

`expected.txt` is what they become, worked out by hand: who, the webinar or the form, when in UTC, the status, the
source; or `!` and the rejection.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.generic.load import describe
from connectors.generic.mapping import map_described
from connectors.mapped import FormRegistration, Mapped, Rejection
from connectors.toolkit.identity import email_person_id
from contract.events import Registration
from contract.instants import format_instant
from tests.connectors.any_json import CONTEXT

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/description.yaml"))
NAMES = {
    email_person_id(f"{name}@example.com", CONTEXT.secret): name for name in ["ann", "bob", "cat", "dan", "eve", "fay"]
}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_payload_becomes_what_it_says(case: Path) -> None:
    description = describe((case / "description.yaml").read_text(), "description.yaml")
    bodies = [path.read_bytes() for path in sorted(case.glob("body*.txt"))]
    said = [line(one) for body in bodies for one in map_described(body, "svc", description, CONTEXT)]
    assert said == (case / "expected.txt").read_text().splitlines()


def line(one: Mapped) -> str:
    return " ".join(_words(one))


def _words(one: Mapped) -> Iterator[str]:
    if isinstance(one, Rejection):
        yield f"! {one.reason}: {one.detail}"
        return
    if isinstance(one, FormRegistration):
        yield NAMES.get(str(one.person["person_id"]), "nobody")
        yield f"form={one.form}"
        yield format_instant(one.submitted_at).replace(".000Z", "Z")
        yield one.status
        source = one.source
    else:
        assert isinstance(one, Registration)
        said = one.model_dump(mode="json", exclude_none=True)
        yield NAMES.get(said["person_id"], "nobody")
        yield said["webinar_id"]
        yield said["occurred_at"].replace(".000Z", "Z")
        yield said["status"]
        source = said.get("source")
    yield from (f"{name}={word}" for name, word in sorted((source or {}).items()))
