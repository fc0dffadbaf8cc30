"""When an installation was backed up last."""

from pathlib import Path

from contract.instants import parse_instant
from funnel.backup.last import last_backup, note_backup

AT = "2026-11-30T15:00:00.000Z"


def test_it_is_noted_for_its_owner_alone_and_a_failure_is_told(tmp_path: Path) -> None:
    assert last_backup(tmp_path) is None
    assert note_backup(tmp_path, AT, tmp_path / "b") == ""
    assert last_backup(tmp_path) == parse_instant(AT)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "funnel doctor will not know of this backup" in note_backup(tmp_path / "none", AT, tmp_path)
    path.write_text("{")
    assert last_backup(tmp_path) is None
