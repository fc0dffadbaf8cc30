"""`funnel rebuild` is not well while the raw log lacks what Kafka has. The rebuild: tests/faults/test_lost_data.py."""

import pytest
import typer

from funnel.cli import rebuild as cli_rebuild
from funnel.report.kafka_log import Compared, KafkaResult
from funnel.report.verify import Result


def test_records_that_are_still_missing_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = Compared("webinar.attendance", 0, begin=0, end=9, committed=9, records=9, missing=[3])
    result = Result(at=0, kafka=KafkaResult({("webinar.attendance", 0): one}))
    monkeypatch.setattr(cli_rebuild, "rebuilt", lambda *_: result)
    with pytest.raises(typer.Exit) as ended:
        cli_rebuild.rebuild()
    said = capsys.readouterr().out.splitlines()
    assert ended.value.exit_code == 1
    assert said[0].startswith("webinar.attendance partition 0: 1 record is committed that the raw log does not hold")
    assert said[-1].startswith("different: ")
