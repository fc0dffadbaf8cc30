"""What Grafana itself has of access: colours of words by its own themes, filters that fold away, ranges that people ask
about. What it has not is in docs/decisions/0009-preview.md; the page in Chromium is in preview/test_access.py."""

import re

import pytest

from grafana.base import GREY
from grafana.columns import READABLE
from grafana.dashboard import QUICK_RANGES
from grafana.filters import FOLDED, NAMES, RARE
from grafana.preview.built import WEB
from tests.grafana.pages import PAGES, Json, asked, panels

THEMES = {"light": "#ffffff", "dark": "#181b1f"}
"""Grafana's background of panels (@grafana/data 13.2, createTheme)."""
SHADES = {
    "semi-dark-green": {"light": "#37872D", "dark": "#56A64B"},
    "red": {"light": "#E02F44", "dark": "#F2495C"},
    "blue": {"light": "#3274D9", "dark": "#5794F2"},
    "purple": {"light": "#A352CC", "dark": "#B877D9"},
    "dark-orange": {"light": "#E55400", "dark": "#FA6400"},
}
"""Its shades with 4.5 to 1 on both, and the best of its oranges."""
FALLS_SHORT = {("dark-orange", "light"), (GREY, "light"), (GREY, "dark")}
"""Where Grafana has no shade for it. There the words say it themselves: n/a, (n=12), failed."""


def contrast(one: str, other: str) -> float:
    """As WCAG 2 computes it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def words_colours(page: Json) -> set[str]:
    """The colours in which values are written: of cells that colour their text, and of cards."""
    found = set()
    for panel in asked(page):
        for override in panel["fieldConfig"]["overrides"]:
            properties = {one["id"]: one["value"] for one in override["properties"]}
            if properties.get("custom.cellOptions", {"type": "color-text"})["type"] != "color-text":
                continue
            for mapping in properties.get("mappings", []):
                results = mapping["options"].get("result", {})
                found |= {results["color"]} if "color" in results else set()
    return found


def test_words_are_written_in_shades_that_can_be_read_on_both_themes() -> None:
    used = {colour for page in PAGES.values() for colour in words_colours(page)} - {"text", "panel-bg"}
    assert used <= SHADES.keys() | {GREY}
    assert {*READABLE.values()} <= SHADES.keys()
    for colour in used:
        for theme, background in THEMES.items():
            enough = 3 if (colour, theme) in FALLS_SHORT else 4.5
            shade = SHADES.get(colour, {"light": GREY, "dark": GREY})[theme]
            assert round(contrast(shade, background), 1) >= enough, (colour, theme)


def test_the_previews_own_colours_can_be_read() -> None:
    source = (WEB / "src/theme.ts").read_text()
    for mode, background in THEMES.items():
        (block,) = re.findall(rf"const {mode.upper()}: Record<string, string> = {{(.*?)}};", source, re.DOTALL)
        own = re.findall(r"(?:\[GREY\]|'?[\w-]+'?): '(#[0-9a-f]{6})'", block)
        assert len(own) >= 2
        assert all(contrast(colour, background) >= 4.5 for colour in own)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_rare_filters_fold_away_and_usual_ranges_are_offered(page: Json) -> None:
    hidden = {one["name"]: one["hide"] for one in page["templating"]["list"]}
    assert all(hidden[name] in (FOLDED, 2) for name in RARE if name in hidden)
    assert all(hidden[name] in (0, 2) for name in NAMES if name not in RARE and name in hidden)
    titles = [one["display"] for one in page["timepicker"]["quick_ranges"]]
    assert {"This week", "Last week", "Last 4 weeks", "Last month", "This quarter"} <= {*titles}
    opened = page["time"]["from"], page["time"]["to"]
    assert opened in [(begin, end) for _, begin, end in QUICK_RANGES]


def test_no_page_says_anything_by_colour_alone() -> None:
    for page in PAGES.values():
        for panel in panels(page):
            for override in panel.get("fieldConfig", {}).get("overrides", []):
                for mapping in (one for p in override["properties"] if p["id"] == "mappings" for one in p["value"]):
                    # A pattern names the sign or the words that it colours; any text at all would be colour alone.
                    assert mapping.get("options", {}).get("pattern") not in ("^(?:.*)$", "^(?:.+)$")
