"""A description is checked as a whole; what is wrong is said with file, line and field."""

from pathlib import Path

import pytest

from connectors.generic.describe import Signature, Token
from connectors.generic.load import READY, describe, load, names
from connectors.toolkit.marked import FileError

EXAMPLE = Path(__file__).parents[3] / "connectors/samples/webhook-example.yaml"
SMALLEST = "protection: {kind: token}\nfields:\n  email: /email\n"


def signed(more: str) -> str:
    return f"protection: {{kind: hmac, header: X, {more}}}\nfields: {{email: /e}}\n"


def error_of(text: str) -> str:
    with pytest.raises(FileError) as error:
        describe(text, "a.yaml")
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_sample_is_right() -> None:
    description = describe(EXAMPLE.read_text(), "example.yaml")
    assert isinstance(description.protection, Signature)
    assert description.fields.email.pointer == "/data/contact/email"


def test_protection_and_email_are_enough() -> None:
    description = describe(SMALLEST, "a.yaml")
    assert isinstance(description.protection, Token)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALLEST.replace("/email", "email"), "a.yaml:3: pointer: a pointer begins with /"),
        (SMALLEST + "  emial: /x\n", "a.yaml:4: unknown key emial; did you mean email?"),
        (SMALLEST + "  status: {constant: maybe}\n", "a.yaml:4: status: maybe is not one of registered, "),
        (SMALLEST + "  status: {pointer: /s, values: {a: b}}\n", "a.yaml:4: status: b is not one of"),
        (
            SMALLEST + "  form: {pointer: /a, constant: b}\n",
            "a.yaml:4: form: say one of pointer, first, joined, constant",
        ),
        (SMALLEST + "  email: /again\n", "a.yaml:4: email is set twice; leave one out"),
        (SMALLEST + "only: {event: [a]}\n", "a.yaml:4: only: a pointer begins with /"),
        ("fields:\n  email: /email\n", "a.yaml:1: protection is missing"),
        ("protection:\n  kind: hmac\nfields:\n  email: /e\n", "a.yaml:1: header is missing"),
        (
            "protection: {kind: hmac, header: X, algorithm: md5}\nfields: {email: /e}\n",
            "a.yaml:1: algorithm: has to be ",
        ),
        ("protection: {kind: none}\nfields: {email: /e}\n", "a.yaml:1: protection: "),
        ("protection: [\n", "a.yaml:2: no valid YAML"),
        ("a: &x [*x]\n", 'a.yaml:1: put a text that begins with * into quotes: "*x"; an alias is written out instead'),
        (
            "protection:\n  kind: hmac\n  header: X\n  algorithm: md5\nfields: {email: /e}\n",
            "a.yaml:4: algorithm: has to be ",
        ),
        (
            "protection:\n  kind: hmac\n  header: X\n  algoritm: md5\nfields: {email: /e}\n",
            "a.yaml:4: unknown key algoritm; did you mean algorithm?",
        ),
        (
            "protection: {kind: token, algorithm: md5}\nfields: {email: /e}\n",
            "a.yaml:1: unknown key algorithm; there are: kind, place, header",
        ),
        ("protection: {kind: token}\n", "a.yaml:1: fields is missing"),
        (SMALLEST.replace("/email", "/a/[email]"), "a.yaml:3: pointer: [email] is not a step of a pointer; write"),
        (SMALLEST.replace("/email", "[/email, b]"), "a.yaml:3: first: a pointer begins with /"),
        (SMALLEST.replace("/email", "[]"), "a.yaml:3: first: has to have at least 1 item"),
        (SMALLEST + "timezone: Mars/Base\n", "a.yaml:4: timezone: no such time zone; give an IANA name"),
        (SMALLEST + "encoding: klingon\n", "a.yaml:4: encoding: "),
        (SMALLEST + "encoding: utf-16\n", "a.yaml:4: encoding: not an encoding of forms; write one such as utf-8,"),
        (SMALLEST + "dates: ['%d.%m']\n", "a.yaml:4: dates: a date format needs day, month and year"),
        (SMALLEST + "dates: ['%H:%M']\n", "a.yaml:4: dates: a date format needs day, month and year"),
        (SMALLEST + "dates: ['%d.%m.%Y UTC']\n", "a.yaml:4: dates: the form would lose the zone UTC of its values"),
        (SMALLEST + "dates: ['%d/%m/%Y', '%m/%d/%Y']\n", "a.yaml:4: dates: one form has the day first, another the"),
        (SMALLEST + "service: jotfrom\n", "a.yaml:4: no description of jotfrom comes along; did you mean jotform?"),
        ("service: tally\nfields:\n  emial: /x\n", "a.yaml:3: unknown key emial; did you mean email?"),
        ("servise: tally\n" + SMALLEST, "a.yaml:1: unknown key servise; did you mean service?"),
        (signed("signed: '{timestamp}.{body}'"), "a.yaml:1: hmac: signed: {timestamp} goes with timestamp_part"),
        (signed("timestamp_header: T"), "a.yaml:1: hmac: signed: {timestamp} goes with timestamp_part"),
        (
            signed("timestamp_part: t, signed: '{timestamp}{body}'"),
            "a.yaml:1: hmac: timestamp_part goes with part",
        ),
        (signed("signed: '{address}{body}'"), "a.yaml:1: hmac: signed: {address} goes with address, which says"),
        (signed("signed: x"), "a.yaml:1: hmac: signed: write {body} once, in place of the body"),
        (SMALLEST + "challenge: {token: t}\n", "a.yaml:4: answer is missing"),
        ("- 1\n", "a.yaml:1: keys are expected, such as `key: value`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    assert error_of(text).startswith(said)


def test_a_file_may_change_a_ready_description() -> None:
    text = "service: gravity_forms\nprotection: {kind: token, place: header}\ntimezone: Europe/Berlin\n"
    changed = describe(text + "fields:\n  email: /7\n  utm_source: {constant: landing}\n", "a.yaml")
    ready = load(READY, "gravity_forms")
    assert ready is not None
    assert (changed.timezone, ready.timezone) == ("Europe/Berlin", "UTC")
    assert isinstance(changed.protection, Token)
    assert changed.protection.place == "header"
    assert (changed.fields.email.pointer, changed.fields.form) == ("/7", ready.fields.form)
    assert describe("service: tally\nonly: {/data/formId: [a]}\n", "a.yaml").only == {
        "/eventType": ["FORM_RESPONSE"],
        "/data/formId": ["a"],
    }


def test_all_faults_of_a_file_are_told_at_once() -> None:
    with pytest.raises(FileError) as error:
        describe("", "a.yaml")
    assert str(error.value).splitlines() == ["a.yaml:1: protection is missing", "a.yaml:1: fields is missing"]
    assert error.value.in_one_line == "a.yaml:1: protection is missing (and 1 more)"


def test_files_are_found_by_their_names_only(tmp_path: Path) -> None:
    (tmp_path / "forms_7.yaml").write_text(SMALLEST)
    (tmp_path / "No Name.yaml").write_text(SMALLEST)
    assert names(tmp_path) == ["forms_7"]
    assert load(tmp_path, "forms_7") is not None
    assert load(tmp_path, "absent") is None
    assert load(tmp_path / "sub", "../forms_7") is None
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match=r"bytes\.yaml:1: no UTF-8 text; save it as UTF-8"):
        load(tmp_path, "bytes")
