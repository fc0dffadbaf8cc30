"""Sheets by a service account and by a published address, read over HTTP from a fake of Google."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.mapped import Mapped, Rejection
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.settings import SettingsError
from connectors.table import google as client
from connectors.table import people
from connectors.table.mapping_file import MappingFile, Sheet, parse
from connectors.table.poll import SheetsPoll, open_sheets
from connectors.table.settings import SheetsSettings
from connectors.toolkit.io.http import ServiceError
from tests.connectors.table.tables import NOW, SECRET
from tests.servers.sheets import EMAIL, SHEET, Google

HEADER = ["Webinar", "E-mail", "Registered", "Source"]
ROWS = [[91234567801, "a@example.com", 46327.375, "vk"], [91234567801, "b@example.com", "2026-11-02 09:00", ""]]


class Box:
    """What a poll put, and the cursors it moved."""

    def __init__(self) -> None:
        self.outbox = MemoryOutbox()
        self.cursors = MemoryCursors(self.outbox)

    @property
    def put_all(self) -> list[Mapped]:
        return [one for one, _ in [*self.outbox.acknowledged, *self.outbox.pending]]

    def told(self) -> list[tuple[str, int, int]]:
        """What was reported since it was asked last."""
        said, self.outbox.reports = self.outbox.reports, []
        return [(one.webinar_id, one.rows, one.rejected) for one in said]


def mapping(**more: Any) -> MappingFile:
    columns = {"webinar_id": "Webinar", "email": "E-mail", "registered_at": "Registered", "utm_source": "Source"}
    said = {"kind": "registrations", "platform": "zoom", "timezone": "Europe/Berlin", "columns": columns}
    return parse(yaml.safe_dump(said | {"sheet": {"id": SHEET}} | more), "m.yaml")


@contextmanager
def polling(google: Google, folder: Path, *mappings: MappingFile) -> Iterator[SheetsPoll]:
    settings = SheetsSettings(
        _env_file=None, base_url=google.address, credentials=google.key_file(folder), requests_per_second=1000
    )
    with open_sheets(settings, sleep=lambda _: None) as sheets:
        yield SheetsPoll(mappings, sheets, SECRET)


def poll(google: Google, folder: Path, box: Box, *mappings: MappingFile, span: Span = Span()) -> list[Mapped]:  # noqa: B008
    """What one pass puts."""
    before = len(box.put_all)
    with polling(google, folder, *(mappings or (mapping(),))) as one:
        one(box.outbox, box.cursors, NOW, span, lambda what, done, of: None)
    return box.put_all[before:]


def test_only_what_is_new_or_edited_is_put(google: Google, tmp_path: Path) -> None:
    google.tabs, google.more_rows, box = {"People": [HEADER, *ROWS]}, 900, Box()
    first, second = poll(google, tmp_path, box)
    assert getattr(first, "webinar_id", "") == "zoom:91234567801"
    assert getattr(first, "occurred_at", 0) == getattr(second, "occurred_at", 0) - 24 * 3600 * 1000
    assert poll(google, tmp_path, box) == []
    google.tabs["People"].insert(1, [91234567801, "c@example.com", 46328, "mail"])
    google.tabs["People"][2][3] = "partner"
    assert [getattr(one, "source", None) and one.source.utm_source for one in poll(google, tmp_path, box)] == [  # type: ignore[union-attr]
        "mail",
        "partner",
    ]
    assert len(poll(google, tmp_path, box, span=Span(since=0))) == 3


def test_a_rejected_row_is_told_once_with_its_line(google: Google, tmp_path: Path) -> None:
    google.tabs, box = {"People": [HEADER, *ROWS, [1, "nobody", 46328]]}, Box()
    (rejection,) = [one for one in poll(google, tmp_path, box) if isinstance(one, Rejection)]
    assert rejection.detail == "line 4: E-mail: not an email address: it has no at sign"
    assert poll(google, tmp_path, box) == []


def test_a_large_sheet_comes_in_pieces(google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_ROWS_AT_ONCE", 10)
    rows = [[1, f"p{number}@example.com", 46327] for number in range(25)]
    google.tabs = {"It's one": [HEADER, *rows], "Other": []}
    assert len(poll(google, tmp_path, Box())) == 25
    assert google.spans == ["'It''s one'!1:10", "'It''s one'!11:20", "'It''s one'!21:26"]


def test_throttling_and_failures_are_waited_for(google: Google, tmp_path: Path) -> None:
    google.tabs = {"People": [HEADER, *ROWS]}
    google.faults.extend([(429, {"retry-after": "7"}), (503, {}), (429, {}), (500, {})])
    assert len(poll(google, tmp_path, Box())) == 2
    assert google.asked["read"] == 6


def test_a_token_is_asked_for_anew_before_it_expires(google: Google, tmp_path: Path) -> None:
    google.tabs = {"People": [HEADER, *ROWS]}
    poll(google, tmp_path, Box())
    assert google.asked["token"] == 1
    google.lifetime = 1
    poll(google, tmp_path, Box())
    assert google.asked["token"] == 3


def test_a_sheet_that_cannot_be_read_stops_no_other_and_moves_no_cursor(google: Google, tmp_path: Path) -> None:
    google.tabs, box = {"People": [HEADER, *ROWS], "Bare": [["a"]]}, Box()
    bare, absent = (mapping(name=name, sheet={"id": SHEET, "tab": name.title()}) for name in ("bare", "absent"))
    with pytest.raises(ServiceError, match=r"bare: no row has all columns"):
        poll(google, tmp_path, box, bare, absent, mapping())
    assert (len(box.put_all), len(box.cursors)) == (2, 1)
    with pytest.raises(ServiceError, match=r"the sheet has no tab Absent; there are: People, Bare"):
        poll(google, tmp_path, box, absent)


def test_a_sheet_that_ends_in_the_middle_is_read_again_whole(google: Google, tmp_path: Path) -> None:
    google.tabs, box = {"People": [HEADER, *ROWS]}, Box()
    google.faults.extend([(403, {})])
    with pytest.raises(ServiceError, match="refuses"):
        poll(google, tmp_path, box)
    assert box.cursors == {}
    assert len(poll(google, tmp_path, box)) == 2


def test_a_published_address_needs_no_account(google: Google, tmp_path: Path) -> None:
    google.published = "\ufeffWebinar,E-mail,Registered,Source\r\n1,a@example.com,2026-11-01 09:00,vk\r\n"
    published, box = mapping(sheet={"address": f"{google.address}/pub?gid=0&output=csv"}), Box()
    assert len(poll(google, tmp_path, box, published)) == 1
    assert poll(google, tmp_path, box, published) == []
    assert google.asked["token"] == 0
    google.published = "<!DOCTYPE html><html></html>"
    with pytest.raises(ServiceError, match="is a web page, not CSV"):
        poll(google, tmp_path, box, published)


def test_a_key_that_is_none_says_where_to_get_one(google: Google, tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('{"type": "service_account"}')
    for path in (tmp_path / "none.json", tmp_path / "absent.json"):
        with pytest.raises(SettingsError, match=r"FUNNEL_SHEETS_CREDENTIALS: .*Service accounts"):
            client.service_account(path)
    assert client.service_account(google.key_file(tmp_path)).email == EMAIL
    with open_sheets(SheetsSettings(_env_file=None)) as sheets, pytest.raises(SettingsError, match="is not set"):
        list(sheets.rows(Sheet(id=SHEET)))


def test_a_webinar_is_marked_while_rows_of_its_sheet_are_rejected(google: Google, tmp_path: Path) -> None:
    google.tabs, box = {"People": [HEADER, *ROWS, [2, "c@example.com", 46327], [2, "nobody", 46328]]}, Box()
    poll(google, tmp_path, box)
    (mark,) = box.outbox.reports
    assert (mark.connector, mark.file_name) == ("sheets", "sheet table")
    assert box.told() == [("zoom:2", 0, 1)]
    assert poll(google, tmp_path, box) == []
    assert box.told() == []
    google.tabs["People"] += [[2, "nobody else", 46328], [91234567801, "", 46328]]
    poll(google, tmp_path, box)
    assert box.told() == [("zoom:2", 0, 2), ("zoom:91234567801", 0, 1)]
    del google.tabs["People"][-1]
    google.tabs["People"][-1][1] = "d@example.com"
    google.tabs["People"][-2][1] = "e@example.com"
    poll(google, tmp_path, box)
    assert box.told() == [("zoom:2", 0, 0), ("zoom:91234567801", 0, 0)]
    poll(google, tmp_path, box)
    assert box.told() == []


def test_a_rejected_row_that_tells_no_webinar_is_of_the_only_one(google: Google, tmp_path: Path) -> None:
    google.tabs, box = {"People": [HEADER, ROWS[0], ["", "c@example.com", 46328]]}, Box()
    poll(google, tmp_path, box)
    assert box.told() == [("zoom:91234567801", 2, 1)]
    google.tabs["People"].append([2, "c@example.com", 46328])
    poll(google, tmp_path, box)
    assert box.told() == [("", 3, 1), ("zoom:91234567801", 2, 0)]


def test_a_mark_outlives_a_sheet_that_cannot_be_read_and_goes_with_one_that_is_polled_no_more(
    google: Google, tmp_path: Path
) -> None:
    google.tabs = {"First": [HEADER, [1, "nobody", 46328]], "Second": [HEADER, [1, "nobody", 46328]]}
    box, first, second = Box(), *(mapping(sheet={"id": SHEET, "tab": tab}) for tab in ("First", "Second"))
    poll(google, tmp_path, box, first, second)
    assert len({one.report_id for one in box.outbox.reports}) == 2
    assert [one.file_name for one in box.outbox.reports] == ["sheet table, tab First", "sheet table, tab Second"]
    assert box.told() == [("zoom:1", 1, 1)] * 2
    google.tabs["First"] = [["other"]]
    with pytest.raises(ServiceError, match="no row has all columns"):
        poll(google, tmp_path, box, first, second)
    assert box.told() == []
    gone = poll(google, tmp_path, box, second)
    assert (gone, box.told()) == ([], [("zoom:1", 1, 0)])


def test_a_backfill_marks_once_more(google: Google, tmp_path: Path) -> None:
    google.tabs, box = {"People": [HEADER, [1, "nobody", 46328]]}, Box()
    poll(google, tmp_path, box)
    poll(google, tmp_path, box, span=Span(since=0))
    assert box.told() == [("zoom:1", 1, 1)] * 2


def test_a_row_that_could_not_be_read_and_now_can_is_put(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.tabs, box = {"People": [HEADER, *ROWS]}, Box()

    def refuses(text: str) -> str:
        raise ValueError("not an email address, says an older version")

    with monkeypatch.context() as older:
        older.setattr(people, "clean_email", refuses)
        assert all(isinstance(one, Rejection) for one in poll(google, tmp_path, box))
        assert box.told() == [("zoom:91234567801", 2, 2)]
    assert [getattr(one, "type", "") for one in poll(google, tmp_path, box)] == ["registration"] * 2
    assert box.told() == [("zoom:91234567801", 2, 0)]


def test_rows_of_one_person_that_contradict_each_other_mark_too(google: Google, tmp_path: Path) -> None:
    columns = {"webinar_id": "Webinar", "email": "E-mail", "acted_at": "At", "action": "What"}
    log = mapping(kind="attendance", columns=columns)
    google.tabs = {
        "Log": [["Webinar", "E-mail", "At", "What"], *([1, "a@example.com", 46327.5 + at, "?"] for at in (0, 0.1))]
    }
    box = Box()
    assert len(poll(google, tmp_path, box, log)) == 2
    assert box.told() == [("zoom:1", 2, 2)]
    google.tabs["Log"][1][3], google.tabs["Log"][2][3] = "join", "leave"
    assert len(poll(google, tmp_path, box, log)) == 2
    assert (poll(google, tmp_path, box, log), box.told()) == ([], [("zoom:1", 2, 0)])
