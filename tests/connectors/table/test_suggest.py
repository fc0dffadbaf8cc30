"""A mapping file out of a header, in the languages of exports."""

from zoneinfo import ZoneInfo

import pytest

from connectors.mapped import Context
from connectors.table.cells import Reading
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import parse
from connectors.table.suggest import suggest
from connectors.toolkit.rows import Row
from tests.connectors.table.tables import NOW, SECRET


def table(*lines: str) -> list[Row]:
    return [Row(number, line.split("|")) for number, line in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("header", "row", "fields"),
    [
        ("Name|Email|Join Time|Leave Time|Duration (minutes)", "A|a@example.com|11/22/2026 6:00 PM||60",
         {"email", "joined_at", "left_at", "total_minutes"}),
        ("E-Mail-Adresse|Beitritt|Verlassen|Dauer", "a@example.com|22.11.2026 18:00|22.11.2026 19:00|1 Std.",
         {"email", "joined_at", "left_at", "total_duration"}),
        ("Correo|Inscripción|País|utm_source", "a@example.com|22/11/2026 18:00|ES|vk",
         {"email", "registered_at", "country", "utm_source"}),
        ("Courriel|Connexion|Sortie|Durée", "a@example.com|22/11/2026 18:00|22/11/2026 19:00|1 heure",
         {"email", "joined_at", "left_at", "total_duration"}),
        ("E-mail|Entrada|Saída|Duração", "a@example.com|22/11/2026 18:00|22/11/2026 19:00|60",
         {"email", "joined_at", "left_at", "total_minutes"}),
        ("Почта|Дата регистрации|Статус", "a@example.com|22.11.2026 18:00|approved",
         {"email", "registered_at", "status"}),
        ("api_id|email|created_at|has_joined_event", "1|a@example.com|2026-11-22T18:00:00Z|Yes",
         {"email", "registered_at"}),
    ],
)  # fmt: skip
def test_a_header_in_any_of_six_languages(header: str, row: str, fields: set[str]) -> None:
    text, _ = suggest(table(header, row), "Europe/Berlin")
    assert set(parse(text, "m.yaml").columns) == fields


def test_sections_forms_and_open_questions_are_told() -> None:
    rows = table(
        "1. Summary", "Title|Demo", "", "2. Participants", "Name|First join|Last leave|Duration|Email",
        "A|05/11/22, 09:31:00|05/11/22, 10:30:00|59m|a@example.com",
    )  # fmt: skip
    text, questions = suggest(rows)
    assert 'section: "2. Participants"' in text
    assert "times: first_and_last" in text
    assert questions == (
        "dates: keep the form with the day first, or that with the month first",
        "constants: webinar_id: which webinar the file is about",
        "constants: starts_at: when it began, unless another source has it",
        "timezone: of times without an offset",
    )


def test_a_date_above_twelve_settles_the_order() -> None:
    text, _ = suggest(table("Email|Join", "a@example.com|05/11/2026 18:00", "b@example.com|15/11/2026 18:00"))
    assert parse(text, "m.yaml").dates == ("%d/%m/%Y %H:%M",)


def test_a_table_without_emails_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="write the mapping file by hand"):
        suggest(table("Name|Time", "A|1"))


TEAMS = {
    "German": (
        "2. Teilnehmer",
        "Name|Erster Beitritt|Letztes Verlassen|Dauer in der Besprechung|E-Mail|Rolle",
        "Ann|10.11.26, 18:00:12|10.11.26, 19:05:12|45 Min. 18 Sek.|ann@example.com|Teilnehmer",
    ),
    "French": (
        "2. Participants",
        "Nom|Première participation|Dernier départ|Durée de la réunion|E-mail|Rôle",
        "Ann|13/11/2026 18:00:12|13/11/2026 19:05:12|45 min 18 s|ann@example.com|Participant",
    ),
    "Spanish": (
        "2. Participantes",
        "Nombre|Primera unión|Última salida|Duración de la reunión|Correo electrónico|Rol",
        "Ann|13/11/2026 18:00:12|13/11/2026 19:05:12|45 min 18 s|ann@example.com|Asistente",
    ),
}


@pytest.mark.parametrize("lines", TEAMS.values(), ids=TEAMS)
def test_who_was_away_in_between_is_not_counted_as_present(lines: tuple[str, ...]) -> None:
    rows = [Row(line, cells.split("|")) for line, cells in enumerate(("1. Summary", "", *lines), start=1)]
    text = suggest(rows, "Europe/Berlin").text.replace('"..."', '"7"').replace("  role:", "  # role:")
    mapping = parse(text, "m.yaml")
    read = Reading(mapping, ZoneInfo(mapping.timezone), Context(SECRET, NOW), NOW)
    (said,) = [result for result, _ in table_events(rows, read, Imported())]
    assert getattr(said, "total_seconds", None) == 45 * 60 + 18


@pytest.mark.parametrize("title", ["Watch %", "Watched (percent)", "Prozent der Dauer"])
def test_percent_of_a_length_are_no_minutes(title: str) -> None:
    text, _ = suggest(table(f"Email|{title}", "a@example.com|87"), "Europe/Berlin")
    assert f'watched_percent: "{title}"' in text
    assert "total_" not in text
