"""The committed JSON is what the layout and the query files say."""

from pathlib import Path

import pytest

from grafana import build

NAMES = sorted(build.rendered())


def test_the_committed_files_are_up_to_date() -> None:
    assert build.stale() == [], "run python -m grafana.build"


def test_building_twice_gives_the_same_bytes() -> None:
    assert build.rendered() == build.rendered()


def test_writing_makes_a_folder_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "left-over.json").write_text("{}\n")
    (tmp_path / "webinars").mkdir()
    (tmp_path / "webinars" / "today.json").write_text("{}\n")
    assert build.stale(tmp_path) == sorted(["left-over.json", *NAMES])
    build.write(tmp_path)
    assert build.stale(tmp_path) == []
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json")) == NAMES


def test_check_says_what_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["--check"]) == 0
    monkeypatch.setattr(build.stale, "__defaults__", (tmp_path,))
    assert build.main(["--check"]) == 1
    assert f"{NAMES[-1]}; run python -m grafana.build" in capsys.readouterr().err


def test_wrong_use_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--chekc"]) == 2
    assert "usage" in capsys.readouterr().err
