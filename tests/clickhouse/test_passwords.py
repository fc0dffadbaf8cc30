"""An installation's passwords: random, its own, made once, for their owner alone, behind what is said to a process."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clickhouse.passwords import FILE, NAMES, make_passwords, read_passwords
from streams.settings import Settings


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def passwords(settings: Settings) -> list[str]:
    fields = [name.removeprefix("FUNNEL_").lower() for name in NAMES]
    return [getattr(settings, field).get_secret_value() for field in fields]


def test_no_password_has_a_default() -> None:
    fields = {f"FUNNEL_{name.upper()}" for name in Settings.model_fields if "clickhouse_password" in name}
    assert fields == set(NAMES)
    assert passwords(Settings(_env_file=None)) == [""] * len(NAMES)


def test_each_installation_has_its_own(tmp_path: Path) -> None:
    assert make_passwords(tmp_path / "one")
    assert make_passwords(tmp_path / "two")
    made = [*read_passwords(tmp_path / "one").values(), *read_passwords(tmp_path / "two").values()]
    assert len({*made}) == len(made) == 2 * len(NAMES)
    assert all(len(value) >= 32 for value in made)
    assert passwords(Settings(_env_file=None, data_dir=tmp_path / "one")) == made[: len(NAMES)]
    assert [path.name for path in (tmp_path / "one").iterdir()] == [FILE]


def test_only_the_owner_may_read_them_from_the_start(tmp_path: Path) -> None:
    make_passwords(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / FILE).stat().st_mode) == 0o600


def test_they_are_made_once_whoever_starts_at_the_same_time(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: make_passwords(tmp_path), range(32)))
    made = read_passwords(tmp_path)
    assert made.keys() == set(NAMES)
    assert not make_passwords(tmp_path)
    assert read_passwords(tmp_path) == made


def test_one_that_is_missing_is_added_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"{NAMES[0]}=kept\n")
    assert make_passwords(tmp_path)
    assert read_passwords(tmp_path)[NAMES[0]] == "kept"
    assert read_passwords(tmp_path).keys() == set(NAMES)


def test_what_is_said_comes_first_and_an_empty_line_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation whose .env has FUNNEL_CLICKHOUSE_PASSWORD keeps it."""
    make_passwords(tmp_path / ".data")
    (tmp_path / ".env").write_text(f"{NAMES[0]}=of .env\n{NAMES[1]}=\n")
    monkeypatch.setenv(NAMES[2], "of the environment")
    made = read_passwords(tmp_path / ".data")
    assert passwords(Settings()) == ["of .env", made[NAMES[1]], "of the environment", made[NAMES[3]]]
