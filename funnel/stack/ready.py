"""Checks whether a child is ready, by a request to the child. Each check ends within seconds."""

import json
import urllib.error
import urllib.request
from contextlib import suppress
from http.client import HTTPException

from funnel.stack.child import Child
from funnel.stack.kafka.ready import kafka_answers
from funnel.stack.probe import Answer

ANSWER_SECONDS = 4
"""How long a server may take to answer; the engine behind ClickHouse's /ping gets half of it."""
_SILENT = Answer(alive=False, trouble="it does not answer")
_BEHIND = 504
"""The status of a front whose backend does not answer."""
_LONGEST = 300
_MOST_BYTES = 10_000
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Without the environment's proxies: both processes are on one machine."""


def ask(child: Child) -> Answer:
    """The server's own answer."""
    if child.port is None:
        return _SILENT
    if child.ready == "kafka":
        return Answer(alive=True) if kafka_answers(child.port) else _SILENT
    return _get(f"http://{child.host}:{child.port}{child.path}")


def _get(url: str) -> Answer:
    try:
        with _DIRECT.open(url, timeout=ANSWER_SECONDS):
            return Answer(alive=True)
    except urllib.error.HTTPError as error:
        with error:
            said = _why(error.read(_MOST_BYTES))
        return Answer(alive=error.code != _BEHIND, trouble=said or f"it answers {error.code}")
    except (OSError, HTTPException):
        return _SILENT


def _why(body: bytes) -> str:
    """The server's text in one line: the `why` of a JSON object that has it (connectors/webhooks/readiness.py)."""
    text = body.decode(errors="replace")
    with suppress(ValueError):
        said = json.loads(text)
        if isinstance(said, dict) and said.get("why"):
            text = str(said["why"])
    return " ".join(text.split())[:_LONGEST]
