"""The summary as one HTML page that can be mailed or printed: its text, and bars as inline SVG. Pure.

It loads nothing and runs nothing. All words are black or grey on white with 4.5 to 1; a bar says its numbers beside it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from alerts.detection.measurements import Counts, total
from alerts.digest_words import Over
from alerts.plain import one_line
from alerts.wording import day_of, exact, local_time

_MOST_BARS = 40
_MOST_SOURCES = 8
_LABEL_LETTERS = 60
_LINE, _LABEL, _BARS, _NUMBERS = 26, 380, 360, 260
"""Of a chart: height of a bar's line and widths of its three columns, in units of SVG."""
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; max-width: 1000px; margin: 24px auto;
  padding: 0 16px; }
h1 { font-size: 24px; } h2 { font-size: 17px; margin: 24px 0 4px; break-after: avoid; }
svg { width: 100%; height: auto; break-inside: avoid; } ul { padding-left: 20px; }
.key { color: #5f6670; font-size: 13px; }
@page { size: A4; margin: 15mm; } @media print { body { margin: 0; max-width: none; padding: 0; } }
"""


class Bar(NamedTuple):
    """One line of a chart. `attendees` is None where nobody can tell."""

    label: str
    registrants: int
    attendees: int | None


def page(title: str, text: str, over: Sequence[Over]) -> str:
    """The page. `text` is the summary's, a line each; "• " begins a line of a list."""
    return document(title, text, {"By webinar": by_webinar(over), "By source": by_source(over)})


def document(title: str, text: str, charts: Mapping[str, Sequence[Bar]], notes: str = "") -> str:
    """A page of a text, charts by their headings, and notes below them, lines as in the text."""
    drawn = "\n".join(_chart(heading, bars) for heading, bars in charts.items())
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n{_paragraphs(text)}\n"
        f"{drawn}\n{_paragraphs(notes)}</body>\n</html>\n"
    )


def by_webinar(over: Sequence[Over]) -> list[Bar]:
    """A bar for each webinar that has numbers, in order of time."""
    return [_bar(_name(one), total(one.final.groups.values())) for one in over if one.final is not None][:_MOST_BARS]


def by_source(over: Sequence[Over]) -> list[Bar]:
    """The sources with the most registrants, and the others together."""
    groups: defaultdict[str, list[Counts]] = defaultdict(list)
    for one in over:
        for group, counts in (one.final.groups if one.final is not None else {}).items():
            groups[group].append(counts)
    bars = sorted((_bar(group, total(counts)) for group, counts in groups.items()), key=lambda one: -one.registrants)
    bars = [one for one in bars if one.registrants]
    rest = bars[_MOST_SOURCES:]
    if not rest:
        return bars
    known = [one.attendees for one in rest if one.attendees is not None]
    attendees = sum(known) if len(known) == len(rest) else None
    return [*bars[:_MOST_SOURCES], Bar(f"Other ({len(rest)})", sum(one.registrants for one in rest), attendees)]


def _bar(label: str, counts: Counts) -> Bar:
    return Bar(one_line(label, _LABEL_LETTERS), counts.registrations, counts.of("visits"))


def _name(one: Over) -> str:
    local = local_time(one.info.webinar.begin, one.info.timezone)
    return f"{day_of(local)}, {local:%H:%M} · {one.info.title}"


def _chart(heading: str, bars: Sequence[Bar]) -> str:
    if not bars:
        return ""
    most = max(max(one.registrants, one.attendees or 0) for one in bars) or 1
    width, height = _LABEL + _BARS + _NUMBERS, _LINE * len(bars)
    lines = "\n".join(_line(one, place, most) for place, one in enumerate(bars))
    return (
        f'<h2>{escape(heading)}</h2>\n<p class="key">Light: registrants. Dark: attendees.</p>\n'
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(heading)}" font-size="13">\n'
        f"{lines}\n</svg>"
    )


def _line(one: Bar, place: int, most: int) -> str:
    top, middle = place * _LINE, place * _LINE + _LINE / 2 + 4
    registrants, attendees = (round((number or 0) / most * (_BARS - 16), 1) for number in one[1:])
    rate = one.attendees / one.registrants if one.registrants and one.attendees is not None else None
    came = f"{one.attendees:,} attendees, {exact(rate)}" if one.attendees is not None else "attendees n/a"
    return (
        f'<text x="{_LABEL - 8}" y="{middle}" text-anchor="end">{escape(one.label)}</text>'
        f'<rect x="{_LABEL}" y="{top + 4}" width="{registrants}" height="{_LINE - 8}" fill="#a9c4ea"/>'
        f'<rect x="{_LABEL}" y="{top + 8}" width="{attendees}" height="{_LINE - 16}" fill="#1f4e9c"/>'
        f'<text x="{_LABEL + _BARS}" y="{middle}">{one.registrants:,} registrants, {came}</text>'
    )


def _paragraphs(text: str) -> str:
    html, in_list = [], False
    for line in text.splitlines():
        item = line.startswith("• ")
        if item != in_list:
            html.append("<ul>" if item else "</ul>")
            in_list = item
        html.append(f"<li>{escape(line[2:])}</li>" if item else f"<p>{escape(line)}</p>")
    return "\n".join([*html, *(["</ul>"] if in_list else [])])
