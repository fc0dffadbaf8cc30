"""`funnel backup` and `funnel restore` where nothing can be done: one line with the way out."""

from pathlib import Path

import pytest

from funnel.backup.manifest import FILE, dump
from tests.funnel.backup.test_manifest import manifest
from tests.servers.commands import funnel

AWAY = {"FUNNEL_KAFKA_BOOTSTRAP": "127.0.0.1:1", "FUNNEL_CLICKHOUSE_PORT": "1"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "b"), "funnel: Kafka at 127.0.0.1:1 does not answer"),
        (("restore", "none"), "there is no folder"),
        (("restore", "empty"), "holds no finished backup: it has no manifest.json, as one that was interrupted"),
        (
            ("restore", "later"),
            "its migration 0001 is another in this one. Restore it with that release or a later one",
        ),
        (("restore", "--check", "later"), "its migration 0001 is another in this one"),
    ],
)
def test_it_ends_with_1_and_one_line(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / FILE).write_text(dump(manifest()))
    done = funnel(*words, folder=tmp_path, environment=AWAY)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr
    assert not (tmp_path / "b").exists()
