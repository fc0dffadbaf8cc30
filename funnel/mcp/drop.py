"""Why a webinar is below what is typical: what the workers judged, and its sources beside those of its peers."""

import re
from typing import Any

from clickhouse.at import AT, at_parameter
from contract.measures import STEPS
from funnel.answers.small_groups import is_small
from funnel.answers.source import Answers, Asked
from funnel.report.numbers import Question

Json = dict[str, Any]

_PEOPLE = re.compile(r"\b(\d[\d,]*) (?:people|person|registrants?|attendees?)\b")
_FOUND = f"""
SELECT kind, metric, value, baseline AS typical, sentence FROM unusual_at(at = {AT})
WHERE webinar_id = {{webinar_id:String}} ORDER BY kind, metric
"""
_JUDGED = f"SELECT why FROM judgements_at(at = {AT}) WHERE webinar_id = {{webinar_id:String}}"
_RATES = ", ".join(f"conversion{step.ending}{band}" for step in STEPS for band in ("", "_low", "_high"))
_TYPICAL = f"SELECT likeness, n, members, {_RATES} FROM baselines WHERE webinar_id = {{webinar_id:String}}"


def explained_drop(answers: Answers, webinar_id: str, at: int) -> Json:
    """As of a moment (ms). Raises UnknownError and AwayError."""
    asked = {"at": at_parameter(at), "webinar_id": webinar_id}
    webinar = answers.ask(Asked(Question(at, webinar_ids=(webinar_id,)))).as_json()
    found = [_without_few(row, answers.small_groups) for row in answers.query(_FOUND, asked)]
    judged = answers.query(_JUDGED, asked)
    typical = next(iter(answers.query(_TYPICAL, asked)), None)
    members = tuple(typical.pop("members")) if typical else ()
    return {
        "webinar": webinar,
        "found": found,
        "in_short": _in_short(found, judged),
        "typical": typical,
        "by_source": _by_source(answers, at, (webinar_id,)),
        "peers_by_source": _by_source(answers, at, members) if members else None,
    }


def _in_short(found: list[Json], judged: list[Json]) -> str:
    if found:
        return " ".join(str(one["sentence"]) for one in found)
    if not judged:
        return "It has not been judged: it has not ended, or too few webinars are like it."
    return (
        f"Its rates are not judged: {judged[0]['why']}" if judged[0]["why"] else "Nothing is outside what is typical."
    )


def _by_source(answers: Answers, at: int, webinar_ids: tuple[str, ...]) -> Json:
    return answers.ask(Asked(Question(at, ("source_group",), webinar_ids))).as_json()


def _without_few(found: Json, k: int) -> Json:
    """A sentence that counts few people is left out whole: its rates are theirs."""
    counts = [int(number.replace(",", "")) for number in _PEOPLE.findall(found["sentence"])]
    if not any(is_small(number, k) for number in counts):
        return found
    return {**found, "value": None, "typical": None, "sentence": f"Left out: it tells of fewer than {k} people."}
