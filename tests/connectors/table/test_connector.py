"""What tables declare of themselves, and bytes of any kind through their mapping."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.settings import SettingsError
from connectors.table import settings
from connectors.table.connector import CONNECTOR, SHEETS
from connectors.toolkit.identity import email_person_id
from tests.connectors.table.tables import NOW, SECRET

CONTEXT = Context(SECRET, NOW)


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_TABLE_MAPPING", "connectors/samples/registrations.yaml")
    settings.table_settings.cache_clear()
    settings.sheets_settings.cache_clear()


def mapped(payload: bytes) -> list[Mapped]:
    return list(CONNECTOR.map_payload(payload, CONTEXT))


def test_a_file_of_samples_becomes_events() -> None:
    with open("connectors/samples/registrations.csv", "rb") as file:
        assert len([one for one in mapped(file.read()) if not isinstance(one, Rejection)]) == 7


def test_a_hidden_sheet_is_not_read_in_place_of_the_one_that_people_see() -> None:
    workbook, saved = Workbook(), io.BytesIO()
    seen = workbook.create_sheet("Seen")
    workbook["Sheet"].sheet_state = "hidden"
    for sheet, email in ((workbook["Sheet"], "old@example.com"), (seen, "new@example.com")):
        sheet.append(["Webinar", "E-mail", "Registered", "State", "State since", "Source", "Campaign", "Country"])
        sheet.append(["91234567801", email, "2026-11-01 09:00"])
    workbook.save(saved)
    ids = {getattr(one, "person_id", one) for one in mapped(saved.getvalue())}
    assert ids == {email_person_id("new@example.com", SECRET)}


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload: bytes) -> None:
    assert all(isinstance(one, Rejection) for one in mapped(payload))


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    CONNECTOR.configured()
    with pytest.raises(SettingsError, match="FUNNEL_SHEETS_MAPPINGS is not set"):
        SHEETS.configured()
    monkeypatch.setenv(
        "FUNNEL_SHEETS_MAPPINGS", "connectors/samples/registrations.yaml, connectors/samples/totals.yaml"
    )
    settings.sheets_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"registrations.yaml names no sheet"):
        SHEETS.configured()
    monkeypatch.delenv("FUNNEL_TABLE_MAPPING")
    settings.table_settings.cache_clear()
    assert [one.reason for one in mapped(b"a") if isinstance(one, Rejection)] == [Reason.UNREADABLE]
