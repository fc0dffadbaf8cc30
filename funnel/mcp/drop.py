"""Why a webinar is below what is typical: what the workers judged, and its sources beside those of its peers."""

import re
from collections.abc import Collection
from typing import Any

from clickhouse.at import AT, at_parameter
from contract.measures import STEPS
from funnel.answers.small_groups import HIDDEN, is_small
from funnel.answers.source import Answers, Asked
from funnel.report.numbers import Question

Json = dict[str, Any]

_PEOPLE = re.compile(r"\b(\d[\d,]*)(?: (?:people|person|registrants?|attendees?)\b|(?=, typically))")
_SHARE = re.compile(r"\b(\d+(?:\.\d+)?) %")
_FOUND = f"""
SELECT kind, metric, value, baseline AS typical, sentence FROM unusual_at(at = {AT})
WHERE webinar_id = {{webinar_id:String}} ORDER BY kind, metric
"""
_JUDGED = f"SELECT why FROM judgements_at(at = {AT}) WHERE webinar_id = {{webinar_id:String}}"
_BANDS = ("", "_low", "_high")
_RATES = ", ".join(f"conversion{step.ending}{band}" for step in STEPS for band in _BANDS)
_TYPICAL = f"SELECT likeness, n, members, {_RATES} FROM baselines WHERE webinar_id = {{webinar_id:String}}"
_RATE_OF = {step.metric: f"conversion{step.ending}" for step in STEPS}


def explained_drop(answers: Answers, webinar_id: str, at: int) -> Json:
    """As of a moment (ms). Raises UnknownError and AwayError."""
    asked = {"at": at_parameter(at), "webinar_id": webinar_id}
    webinar, few = answers.ask(Asked(Question(at, webinar_ids=(webinar_id,)))), answers.small_groups
    hidden = {name for row in webinar.rows for name in row[HIDDEN]}
    found = [_without_few(row, few, hidden) for row in answers.query(_FOUND, asked)]
    judged = answers.query(_JUDGED, asked)
    typical = next(iter(answers.query(_TYPICAL, asked)), None)
    members = tuple(typical.pop("members")) if typical else ()
    if typical and members:
        peers = answers.ask(Asked(Question(at, webinar_ids=members)))
        typical = _without_rates(typical, {name for row in peers.rows for name in row[HIDDEN]})
    return {
        "webinar": webinar.as_json(),
        "found": found,
        "in_short": _in_short(found, judged, few, hidden),
        "typical": typical,
        "by_source": _by_source(answers, at, (webinar_id,)),
        "peers_by_source": _by_source(answers, at, members) if members else None,
    }


def _in_short(found: list[Json], judged: list[Json], k: int, hidden: Collection[str]) -> str:
    if found:
        return " ".join(str(one["sentence"]) for one in found)
    if not judged:
        return "It has not been judged: it has not ended, or too few webinars are like it."
    why = str(judged[0]["why"])
    if not why:
        return "Nothing is outside what is typical."
    # The share that it may name is the matched one.
    tells = _tells_of_few(why, k) or ("matched" in hidden and _SHARE.search(why) is not None)
    return f"Its rates are not judged. {'It has too few people.' if tells else why}"


def _by_source(answers: Answers, at: int, webinar_ids: tuple[str, ...]) -> Json:
    return answers.ask(Asked(Question(at, ("source_group",), webinar_ids))).as_json()


def _without_few(found: Json, k: int, hidden: Collection[str]) -> Json:
    """A sentence that tells of few people is left out whole: its rates are theirs. `hidden`: of the webinar's row."""
    if not _tells_of_few(found["sentence"], k) and _RATE_OF.get(found["metric"], found["metric"]) not in hidden:
        return found
    return {**found, "value": None, "typical": None, "sentence": f"Left out: it tells of fewer than {k} people."}


def _tells_of_few(text: str, k: int) -> bool:
    """Whether it counts few people, or gives a share of people of which few are the part or the rest."""
    for sentence in re.split(r"\.\s", text):
        counts = [int(number.replace(",", "")) for number in _PEOPLE.findall(sentence)]
        shares = [float(share) / 100 for share in _SHARE.findall(sentence)]
        parts = [(count, round(count * share)) for count in counts for share in shares]
        if any(is_small(one, k) for one in (*counts, *(n for whole, part in parts for n in (part, whole - part)))):
            return True
    return False


def _without_rates(typical: Json, hidden: Collection[str]) -> Json:
    """Without the bands of rates that are left out of a peer's row: a band ends at the rate of a single peer."""
    gone = {f"{rate}{band}" for rate in _RATE_OF.values() if rate in hidden for band in _BANDS}
    return {name: None if name in gone else value for name, value in typical.items()}
