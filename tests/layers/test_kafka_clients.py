"""Whoever makes a client of Kafka takes address, TLS and login from one place (process/kafka.py)."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.layers.sources import ROOT, python_files

CLIENTS = re.compile(r"(AIO)?Kafka(Producer|Consumer|AdminClient|Client)$|^(Producer|Consumer|AdminClient)$")
"""Of kafka-python, aiokafka and confluent-kafka."""
OURS = {"streams/app.py", "bench/stock.py"}
"""Where such a name is a class of our own."""
REACH = "process/kafka.py"
ON_ONE_MACHINE = {"funnel/stack/kafka/ready.py"}
"""What asks a broker that it has started itself, on loopback."""
WORDS = re.compile(r"\bbootstrap_servers|\bsecurity_protocol|\bsasl_plain|\bssl_context=|\bbroker_credentials")
SAID_OF_FAUST = {"streams/transport/binding.py"}


def files() -> list[str]:
    bench = (str(path.relative_to(ROOT)) for path in (ROOT / "bench").glob("*.py"))
    return [*python_files(), *sorted(bench)]


@cache
def calls(path: str) -> tuple[ast.Call, ...]:
    """Those of the file that make a client or an app. The trees of all files are not kept: the garbage collector
    would go through them again and again.
    """
    found = (node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Call))
    return tuple(call for call in found if CLIENTS.search(named(call)) or named(call) == "App")


def named(call: ast.Call) -> str:
    """The last name of what is called."""
    name: str = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name


def made(path: str) -> Iterator[ast.Call]:
    yield from (call for call in calls(path) if CLIENTS.search(named(call)))


def takes_what_reach_says(call: ast.Call) -> bool:
    unpacked = [keyword.value for keyword in call.keywords if keyword.arg is None]
    return any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "reach" for one in unpacked)


def test_every_client_is_made_with_the_arguments_of_the_settings() -> None:
    calls = [(path, call) for path in files() if path not in OURS | ON_ONE_MACHINE for call in made(path)]
    assert len(calls) >= 10
    assert [f"{path}:{call.lineno}" for path, call in calls if not takes_what_reach_says(call)] == []


def test_topics_are_described_and_changed_where_errors_are_raised() -> None:
    for call in (".alter_configs(", ".describe_topics("):
        assert [path for path in files() if call in (ROOT / path).read_text()] == ["process/topics.py"]


def test_no_client_makes_a_topic() -> None:
    """Where Kafka makes what is asked for, a topic would have one partition, which the settings refuse then."""
    calls = [
        (path, call)
        for path in files()
        if path not in OURS
        for call in made(path)
        if ast.unparse(call.func) in ("KafkaProducer", "KafkaConsumer")
    ]
    assert len(calls) >= 5
    may = [f"{path}:{call.lineno}" for path, call in calls if "allow_auto_create_topics=False" not in ast.unparse(call)]
    assert may == []


def test_nobody_else_speaks_of_addresses_and_logins() -> None:
    speaking = {path for path in python_files() if WORDS.search((ROOT / path).read_text())}
    assert speaking == {REACH, *SAID_OF_FAUST, *ON_ONE_MACHINE}


def test_faust_is_made_with_the_arguments_of_the_settings() -> None:
    assert {path for path in python_files() for call in calls(path) if named(call) == "App"} == {"streams/app.py"}
    assert "**app_options(config)" in (ROOT / "streams/app.py").read_text()
