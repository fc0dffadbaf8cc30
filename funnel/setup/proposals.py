"""Drafts of catalogue.yaml and sources.yaml from what was found, for people to edit. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

MOST = 40
"""Rules in a draft."""
_SHOWN = 6
_WORD = re.compile(r"\b(?:part|session|teil|nr\.?|no\.?|week|day)$", re.IGNORECASE)
"""Before the number of a webinar."""
_HEAD = (
    "# {what} Proposed by funnel setup from what was found: edit it.\n"
    "# A saved change counts within seconds, also for the past (docs/business-rules.md); funnel business check names\n"
    "# the line of every mistake.\n"
)


def catalogue_text(titles: Sequence[str]) -> str:
    """A course for each title, without the number or date at its end; the most frequent first."""
    courses = Counter(course for title in titles if (course := course_of(title)))
    lines = [_HEAD.format(what="Which course, language and region a webinar has.")]
    lines += ["# Language and region, such as: set: {course: Python, language: en, region: Europe}\n"]
    lines += ["rules:\n" if courses else "rules: []\n"]
    for course, number in courses.most_common(MOST):
        # Of a pattern * would match anything.
        is_plain = "*" not in course and not course.startswith("/")
        title = _quoted(f"{course}*") if is_plain else f"{{exact: {_quoted(course)}}}"
        lines.append(f"  # {number:,} webinar{'s' if number > 1 else ''}\n")
        lines.append(f"  - when: {{title: {title}}}\n    set: {{course: {_quoted(course)}}}\n")
    return "".join(lines)


def found(titles: Sequence[str], sources: Sequence[tuple[str, int]]) -> Sequence[str]:
    """What was found, in a line each: the courses, and the sources (name, people), the most frequent first."""
    courses, people = Counter(map(course_of, titles)), Counter[str]()
    for name, persons in sources:
        people[name] += persons
    return [
        f"Webinars by title: {_most(courses)}" if titles else "No webinar has a title",
        f"Registrations by source: {_most(people)}" if sources else "Nobody gave a source",
    ]


def _most(counted: Counter[str]) -> str:
    listed = [f"{name} ({number:,})" for name, number in counted.most_common(_SHOWN)]
    return ", ".join([*listed, *([f"and {len(counted) - _SHOWN:,} more"] if len(counted) > _SHOWN else [])])


def course_of(title: str) -> str:
    """The title without what tells one webinar of the course from the next."""
    whole = " ".join(title.split())
    start = _number_at(whole)
    if start is None:
        return whole
    named = _WORD.sub("", whole[:start].rstrip(" #"))
    return named.rstrip(" :,.#(–-") or whole


def _number_at(title: str) -> int | None:
    """Where the number or date at its end begins. Sign by sign: a search would take minutes for some titles."""
    found = None
    for place in reversed(range(len(title.removesuffix(")").rstrip()))):
        one, before = title[place], title[place - 1 : place]
        if not one.isdecimal():
            if one not in "./: -":
                break
        elif not (before.isalnum() or before == "_"):
            found = place
    return found


def sources_text(rules: Sequence[tuple[str, int]]) -> str:
    """`rules`: each a rule as it stands in the file, and for how many people it is; the most first."""
    lines = [_HEAD.format(what="Which source group a registration belongs to. Give the groups the names you use.")]
    lines.append("rules:\n" if rules else "rules: []\n")
    for rule, persons in rules[:MOST]:
        lines.append(f"  # {persons:,} people\n{rule}\n")
    if len(rules) > MOST:
        lines.append(f"  # and {len(rules) - MOST:,} more: funnel business unsorted\n")
    return "".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
