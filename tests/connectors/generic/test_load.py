"""A description is checked as a whole; what is wrong is said with file, line and field."""

from pathlib import Path

import pytest

from connectors.generic.describe import Signature, Token
from connectors.generic.load import describe, load, names
from connectors.marked import FileError

EXAMPLE = Path(__file__).parents[3] / "connectors/samples/webhook-example.yaml"
SMALLEST = "protection: {kind: token}\nfields:\n  email: /email\n"


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
        (SMALLEST + "  form: {pointer: /a, constant: b}\n", "a.yaml:4: form: say either pointer or constant"),
        (SMALLEST + "  email: /again\n", "a.yaml:4: email stands here a second time; leave one out"),
        (SMALLEST + "only: {event: [a]}\n", "a.yaml:4: pointer: a pointer begins with /"),
        ("fields:\n  email: /email\n", "a.yaml:1: protection is missing"),
        ("protection:\n  kind: hmac\nfields:\n  email: /e\n", "a.yaml:1: header is missing"),
        (
            "protection: {kind: hmac, header: X, algorithm: md5}\nfields: {email: /e}\n",
            "a.yaml:1: algorithm: input should be ",
        ),
        ("protection: {kind: none}\nfields: {email: /e}\n", "a.yaml:1: protection: "),
        ("protection: [\n", "a.yaml:2: no valid YAML"),
        ("a: &x [*x]\n", 'a.yaml:1: a text that begins with * stands in quotes: "*x"; an alias is written out instead'),
        (
            "protection:\n  kind: hmac\n  header: X\n  algorithm: md5\nfields: {email: /e}\n",
            "a.yaml:4: algorithm: input should be ",
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
        ("- 1\n", "a.yaml:1: keys are expected, such as `key: value`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    assert error_of(text).startswith(said)


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
