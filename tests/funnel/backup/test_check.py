"""What a check says of two reports, and what a restore says of settings."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from clickhouse.addresses import addresses
from funnel.backup.check import Check, _elsewhere, differing
from funnel.backup.restore import differences
from funnel.report.verify import Result
from streams.settings import Settings
from tests.funnel.backup.test_manifest import manifest


def row(webinar_id: str, **numbers: Any) -> dict[str, Any]:
    return {"webinar_id": webinar_id, "registrations": 1, **numbers}


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ([row("a"), row("b")], [row("b"), row("a")], []),
        ([row("a")], [row("a", registrations=2)], ["a: registrations was 1 and is 2 restored"]),
        ([row("a")], [], ["a is only in the report of the backup"]),
        ([], [row("a")], ["a is only in the report restored"]),
        ([row("a")], [row("a", of_a_later_release=1)], []),
    ],
)
def test_each_webinar_that_differs_is_named(then: list[Any], now: list[Any], said: list[str]) -> None:
    assert differing(then, now) == said
    assert Check(Result(at=0), said, len(then)).right is not bool(said)


def test_a_restore_that_is_tried_reaches_no_server_of_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funnel.backup.check.free_port", lambda: 7)
    cluster = {"clickhouse_addresses": "db-1:8443,db-2:8443", "clickhouse_cluster": "main", "clickhouse_tls": True}
    elsewhere = _elsewhere(Settings(_env_file=None, **cluster), tmp_path, manifest())  # type: ignore[arg-type]
    assert [(one.host, one.port) for one in addresses(elsewhere)] == [("127.0.0.1", 7)]
    assert (elsewhere.clickhouse_cluster, elsewhere.clickhouse_tls) == ("", False)


def test_only_the_first_are_shown() -> None:
    check = Check(Result(at=0), [f"w{number}" for number in range(9)], 9)
    assert list(check.lines()) == ["w0", "w1", "w2", "w3", "w4", "and 4 more webinars"]
    assert list(Check(Result(at=0), [], -1).lines()) == ["the backup has no report.json: its workers were behind"]


def test_settings_that_change_numbers_or_ids_are_named() -> None:
    config = Settings(_env_file=None, clickhouse_password=SecretStr("x"), full_percent=80)
    said = manifest(settings={"FUNNEL_LIVE_GRACE_SECONDS": "60", "FUNNEL_FULL_PERCENT": "80"}, hash_secret="")
    assert differences(said, config, "") == [
        "Warning: FUNNEL_LIVE_GRACE_SECONDS is 21600 here and was 60: numbers may differ until it is the same"
    ]
    assert differences(manifest(hash_secret="c", settings={}), Settings(_env_file=None), "c") == []
    assert "not set here: put the former one" in differences(manifest(settings={}), Settings(_env_file=None), "")[0]
    assert "the same people get other ids" in differences(manifest(settings={}), Settings(_env_file=None), "d")[0]
