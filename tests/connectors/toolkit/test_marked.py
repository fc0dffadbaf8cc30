"""A file that people write is read with its lines, and every fault is one line that names its place."""

import pytest

from connectors.business import catalogue, exclusions, notes, sources
from connectors.toolkit.marked import FileError, check, read


def faults(text: str, model: type = sources.File) -> list[str]:
    with pytest.raises(FileError) as error:
        check(read(text, "f.yaml"), model)
    return str(error.value).splitlines()


def test_scalars_stay_the_text_that_was_written() -> None:
    marked = read("a: NO\nb: 007\nc: 2026-11-22\nd: 1e3\ne: ~\nf:\n", "f.yaml")
    assert marked.values == {"a": "NO", "b": "007", "c": "2026-11-22", "d": "1e3", "e": None, "f": None}


def test_an_empty_file_and_one_of_comments_say_nothing() -> None:
    assert read("", "f.yaml").values == read("# nothing\n", "f.yaml").values == {}
    assert check(read("rules:\n# - group: x\n", "f.yaml"), sources.File).rules == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules:\n  - group: a\n   when: b\n", "f.yaml:3: no valid YAML"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a is set twice"),
        ("a: &x 1\nb: *x\n", "f.yaml:2: put a text that begins with * into quotes"),
        ("rules: {title: *python}", 'f.yaml:1: put a text that begins with * into quotes: "*python"'),
        ("- a\n- b\n", "f.yaml:1: keys are expected, such as `key: value`"),
        ("[" * 1500, "f.yaml:1: "),
        ("{a: b}: c", "f.yaml:1: a key is plain text"),
        ("a: \x01", "f.yaml:1: no valid YAML"),
        ('a: "\\UFFFFFFFF"', "f.yaml:1: no valid YAML: there is no such character"),
        ('{"a\n\nb", "a\n\nb"}', "f.yaml:3: a b is set twice"),
        ("a: !!python/object:os.system x", ""),
    ],
)
def test_what_is_no_file_of_rules_is_one_line(text: str, expected: str) -> None:
    if not expected:
        assert read(text, "f.yaml").values == {"a": "x"}
        return
    with pytest.raises(FileError) as error:
        read(text, "f.yaml")
    assert str(error.value).startswith(expected)
    assert "\n" not in str(error.value)


def test_an_unknown_key_is_named_with_a_suggestion() -> None:
    text = "rules:\n  - group: VK\n    when:\n      utm_sorce: vk\n  - gruop: X\n    when: {utm_source: x}\nrulse: []\n"
    assert faults(text) == [
        "f.yaml:4: unknown key utm_sorce; did you mean utm_source?",
        "f.yaml:5: group is missing",
        "f.yaml:5: unknown key gruop; did you mean group?",
        "f.yaml:7: unknown key rulse; did you mean rules?",
    ]


@pytest.mark.parametrize(
    ("model", "text", "expected"),
    [
        (sources.File, "rules:\n- group: a\n  when: {}\n", "f.yaml:3: when: is empty; name one of utm_source"),
        (sources.File, "rules:\n- group: ''\n  when: {utm_source: a}\n", "f.yaml:2: group: "),
        (sources.File, "rules:\n- group: Walk-in\n  when: {utm_source: a}\n", "f.yaml:2: group: Walk-in is"),
        (sources.File, "rules:\n- group: a\n  when:\n    utm_source: /(/\n", "f.yaml:4: utm_source: /(/ is no regular"),
        (sources.File, "rules: vk\n", "f.yaml:1: rules: a list is expected; begin each entry with a dash"),
        (catalogue.File, "rules:\n- set: {timezone: Mars/Base}\n", "f.yaml:2: timezone: no such time zone: Mars/Base"),
        (catalogue.File, "rules:\n- set: {}\n", "f.yaml:2: set: is empty; set one of course"),
        (catalogue.File, "rules:\n- set:\n    format: webinar\n", "f.yaml:3: format: has to be 'live' or"),
        (catalogue.File, "overrides:\n  zoom:1:\n    curse: x\n", "f.yaml:3: unknown key curse; did you mean course?"),
        (exclusions.File, "domain: []\n", "f.yaml:1: unknown key domain; did you mean domains?"),
        (notes.File, "notes:\n- text: x\n", "f.yaml:2: "),
        (notes.File, "notes:\n- text: x\n  minute: 4\n", "f.yaml:2: "),
    ],
)
def test_each_fault_names_its_line_and_what_to_do(model: type, text: str, expected: str) -> None:
    assert faults(text, model)[0].startswith(expected), faults(text, model)
