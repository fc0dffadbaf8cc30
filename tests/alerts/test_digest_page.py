"""The summary as a page that can be mailed or printed: whole in itself, and with the same numbers."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from alerts.digest import composed
from alerts.digest_page import Bar, by_source, by_webinar, page
from alerts.settings import AlertSettings
from funnel.cli import alerts as commands
from funnel.cli.app import app
from tests.alerts.conftest import Database
from tests.alerts.test_digest import MORNING

CONFIG = AlertSettings(_env_file=None)


def test_the_weeks_page_is_whole_in_itself_and_has_the_numbers_of_the_text(quiet: Database) -> None:
    title, text, over = composed(quiet.client, CONFIG, MORNING, "weekly")
    html = page(title, text, over)
    assert not re.findall(r"(?:src|href|url\(|@import|<script)", html)
    charts = [ElementTree.fromstring(one) for one in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]
    assert len(charts) == 2
    bars = by_webinar(over)
    assert len(bars) == 7
    assert sum(one.registrants for one in bars) == sum(one.registrants for one in by_source(over)) == 700
    assert "700 registrants, attendance rate 44.0 %" in html
    first = bars[0]
    assert first.attendees is not None
    said = f"{first.registrants:,} registrants, {first.attendees:,} attendees"
    assert said in " ".join(charts[0].itertext())


def test_what_people_wrote_is_text_and_no_markup() -> None:
    html = page("<b>&", "• <script>alert(1)</script>\nmore", [])
    assert "<script" not in html
    assert "<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>\n</ul>\n<p>more</p>" in html
    assert "<svg" not in html


def test_sources_beyond_the_largest_stand_together(quiet: Database) -> None:
    _, _, over = composed(quiet.client, CONFIG, MORNING, "weekly")
    final = over[0].final
    assert final is not None
    counts = next(iter(final.groups.values()))
    many = over[0]._replace(final=final._replace(groups={f"s{number}": counts for number in range(11)}))
    bars = by_source([many])
    assert len(bars) == 9
    assert bars[-1] == Bar("Other (3)", 3 * counts.registrations, 3 * (counts.visits or 0))


def test_the_command_writes_the_page_and_says_where(
    quiet: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_client", lambda: quiet.client)
    file = tmp_path / "week.html"
    done = CliRunner().invoke(app, ["digest", "--weekly", "--html", str(file), "--at", "2026-11-23T08:30:00Z"])
    assert done.exit_code == 0, done.output
    assert f"written to {file}" in done.output
    assert "<h1>Webinars of week 47, Mon 16 Nov to Sun 22 Nov 2026</h1>" in file.read_text()
    nowhere = CliRunner().invoke(app, ["digest", "--html", str(tmp_path / "no" / "x.html")])
    assert nowhere.exit_code == 1
    assert "cannot be written (No such file or directory): name another file" in " ".join(nowhere.output.split())


def test_a_source_is_named_as_people_wrote_it(dropped: Database) -> None:
    _, text, over = composed(dropped.client, CONFIG, MORNING, "weekly")
    assert "• Partner-X: 60 registrants" in text
    assert "Partner-X" in {bar.label for bar in by_source(over)}
    assert "partner-x" not in text
