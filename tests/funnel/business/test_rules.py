"""A changed file is taken once it stands still; while it is broken the last good one goes on, said once."""

from pathlib import Path

import pytest

from connectors.business.catalogue import Catalogue
from connectors.business.read import Folder
from funnel.business.rules import Rules

VK = "rules:\n- {group: VK, when: {utm_source: vk}}\n"


def looking(folder: Path) -> tuple[Rules, list[str]]:
    said: list[str] = []
    return Rules(Folder(folder, None), said.append), said


def groups(rules: Rules) -> list[str]:
    assert rules.now.sources is not None
    return [decision.group for _, decision in rules.now.sources.rules]


def test_the_first_look_takes_what_is_there_and_a_change_is_taken_at_the_second(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(VK)
    rules, said = looking(tmp_path)
    rules.look(0)
    assert groups(rules) == ["VK"]
    (tmp_path / "sources.yaml").write_text(VK.replace("VK", "Social"))
    rules.look(1)
    assert groups(rules) == ["VK"]
    rules.look(2)
    assert groups(rules) == ["Social"]
    assert said == []


def test_a_file_that_is_away_for_a_moment_is_not_gone(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(VK)
    rules, _ = looking(tmp_path)
    rules.look(0)
    file.unlink()
    rules.look(1)
    file.write_text(VK)
    rules.look(2)
    rules.look(3)
    assert groups(rules) == ["VK"]
    file.unlink()
    rules.look(4)
    rules.look(5)
    assert groups(rules) == []


def test_a_broken_file_is_said_once_and_the_last_good_one_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(VK)
    rules, said = looking(tmp_path)
    rules.look(0)
    file.write_text("rules: x\n")
    for clock in range(1, 6):
        rules.look(clock)
    assert len(said) == 1
    assert said[0].startswith(f"{file}:1: rules: ")
    assert said[0].endswith("\nsources.yaml: the last valid version stays in force")
    assert groups(rules) == ["VK"]
    file.write_text(VK)
    rules.look(7)
    rules.look(8)
    assert said[1:] == ["sources.yaml: valid again"]


def test_a_published_sheet_is_asked_again_each_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalogue.yaml").write_text("overrides_from: https://127.0.0.1:1/pub?output=csv\n")
    rules, _ = looking(tmp_path)
    asked: list[float] = []
    clock = 0.0

    def fetched(_: Folder) -> Catalogue:
        asked.append(clock)
        return Catalogue()

    monkeypatch.setattr(Folder, "catalogue", fetched)
    for clock in (0.0, 1.0, 59.0, 60.0, 61.0, 119.0, 120.0):
        rules.look(clock)
    assert asked == [0.0, 60.0, 120.0]


def test_a_file_that_was_never_good_changes_nothing_and_holds_up_no_other(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("rules: x\n")
    rules, said = looking(tmp_path)
    rules.look(0)
    assert rules.now.sources is None
    assert rules.now.notes == []
    assert said[0].endswith("nothing of it is applied until it is corrected")
