"""The folder of the business: files that may be missing, broken, or name a table elsewhere."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from connectors.business.catalogue import Listed
from connectors.business.read import CATALOGUE, FILES, SOURCES, Folder
from connectors.toolkit.marked import FileError

SAMPLES = Path(__file__).parents[3] / "connectors/samples/business"
SECRET = "s" * 16
ONE = Listed("zoom:1", "Python", (), "", "", "")


class Sheet(BaseHTTPRequestHandler):
    text = "webinar_id,course\nzoom:1,From the sheet\n"
    status = 200

    def do_GET(self) -> None:
        if self.path == "/pub?output=csv":
            self.send_response(307)
            self.send_header("location", "/sheet.csv")
            self.end_headers()
            return
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """Of a published sheet; it redirects to its text, as Google's do."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Sheet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/pub?output=csv"
        server.shutdown()


def test_the_samples_are_good_and_each_file_has_one() -> None:
    business = Folder(SAMPLES, SECRET).all()
    assert business.catalogue is not None
    assert business.catalogue.decide(ONE)["course"].value == "Python"
    assert len(business.sources.rules if business.sources else ()) == 5
    assert len(business.exclusions or ()) == 1
    assert len(business.notes or ()) == 4
    assert {path.name for path in SAMPLES.iterdir()} == set(FILES)


def test_what_is_not_there_says_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "nowhere", None)
    assert not folder.exists()
    business = folder.all()
    assert business.catalogue is not None
    assert business.catalogue.decide(ONE) == {}
    assert (business.exclusions, business.notes) == ({}, [])


def test_every_fault_of_every_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("rules: x\n")
    (tmp_path / "notes.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "exclusions.yaml").mkdir()
    with pytest.raises(FileError) as error:
        Folder(tmp_path, SECRET).all()
    lines = str(error.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        f"{tmp_path}/{name}:1" for name in ("sources.yaml", "exclusions.yaml", "notes.yaml")
    ]


def test_overrides_come_from_a_table_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / CATALOGUE).write_text("overrides_from: o.csv\n")
    with pytest.raises(FileError, match=r"catalogue.yaml:1: overrides_from: there is no file .*o.csv"):
        Folder(tmp_path, None).catalogue()
    (tmp_path / "o.csv").write_text("webinar_id,course\nzoom:1,SQL\n")
    assert Folder(tmp_path, None).catalogue().decide(ONE)["course"].value == "SQL"


def test_overrides_come_from_a_published_sheet(tmp_path: Path, address: str) -> None:
    folder = Folder(tmp_path, None)
    assert folder.sheet_address() is None
    (tmp_path / CATALOGUE).write_text(f"overrides_from: {address}\n")
    assert folder.sheet_address() == address
    decision = folder.catalogue().decide(ONE)["course"]
    assert (decision.value, str(decision.place)) == ("From the sheet", "the sheet of overrides:2")


def test_a_sheet_that_is_not_there_is_one_line(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / CATALOGUE).write_text(f"rules: []\noverrides_from: {address}\n")
    monkeypatch.setattr(Sheet, "status", 404)
    with pytest.raises(FileError, match=r"^\S+catalogue.yaml:2: overrides_from: the sheet of overrides answered"):
        Folder(tmp_path, None).catalogue()
    (tmp_path / CATALOGUE).write_text("overrides_from: ftp://example.com/x\n")
    with pytest.raises(FileError, match=r"an https address, or a CSV file in this folder"):
        Folder(tmp_path, None).catalogue()


def test_the_fingerprint_changes_with_the_text_the_table_and_the_absence(tmp_path: Path) -> None:
    folder = Folder(tmp_path, None)
    seen = {folder.fingerprint(SOURCES)}
    (tmp_path / SOURCES).write_text("")
    seen.add(folder.fingerprint(SOURCES))
    (tmp_path / SOURCES).write_text("rules: []\n")
    seen.add(folder.fingerprint(SOURCES))
    assert len(seen) == 3
    before = folder.fingerprint(CATALOGUE), folder.fingerprint(SOURCES)
    (tmp_path / "o.csv").write_text("x")
    assert folder.fingerprint(CATALOGUE) != before[0]
    assert folder.fingerprint(SOURCES) == before[1]
