"""What the answers of a public address mean, and the way out. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from connectors.webhook import Trial

SLOW_SECONDS = 3.0
"""Zoom's limit, the shortest."""
_SOON = timedelta(days=14)
_OURS = {401, 503}


class Line(NamedTuple):
    """One check."""

    good: bool
    text: str


class Answer(NamedTuple):
    """An answer over HTTP; status 0: none came, and `body` says why."""

    status: int
    body: bytes
    location: str
    seconds: float

    @property
    def refused(self) -> str:
        """The reason of our webhook server's refusal; empty: it is not ours."""
        try:
            said: Any = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return ""
        return str(said.get("refused", "")) if isinstance(said, dict) else ""

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people."""
        return self.body.lstrip()[:1] == b"<"


def of_certificate(until: datetime, now: datetime, how: str) -> Line:
    """A certificate that is valid now."""
    day = f"{until:%a} {until.day} {until:%b %Y}"
    if until - now < _SOON:
        return Line(False, f"the certificate is valid only until {day}: does its renewal work?")
    return Line(True, f"the certificate is valid until {day} ({how})")


def of_refused_certificate(host: str, why: str) -> Line:
    """A certificate that services would not accept either."""
    way_out = {
        "certificate has expired": "renew it; does the renewal run?",
        "unable to get local issuer certificate": (
            "the proxy has to send the whole chain (nginx: fullchain.pem, not cert.pem), of a public authority"
        ),
        "self-signed certificate": "services accept only certificates of a public authority, such as Let's Encrypt",
    }
    hint = next((way for start, way in way_out.items() if why.startswith(start)), "")
    return Line(False, f"the certificate of {host} is not valid ({why}): {hint or f'get one for {host}'}")


def of_path(answer: Answer) -> Line:
    """The answer to an unsigned request, which the webhook server refuses."""
    if answer.refused and answer.status in _OURS:
        return Line(True, f"/webhooks/ leads to the webhook server ({answer.seconds:.1f} s), which refuses strangers")
    return Line(False, f"/webhooks/ does not lead to the webhook server: {_not_ours(answer)}")


def of_body_limit(answer: Answer, limit: int) -> Line:
    """The answer to an unsigned request of nearly the longest body."""
    if answer.refused and answer.status in _OURS:
        return Line(True, f"bodies of up to {limit:,} bytes get through")
    if answer.status == 413:
        return Line(
            False, f"the proxy refuses bodies of {limit:,} bytes: nginx client_max_body_size 1m; Caddy has no limit"
        )
    return Line(False, f"a body of {limit:,} bytes does not get through: {_not_ours(answer)}")


def of_others(answers: Mapping[str, Answer]) -> Line:
    """The answers at addresses that are for this machine only."""
    shown = [path for path, answer in answers.items() if 200 <= answer.status < 300 and not answer.is_page]
    shown += [path for path, answer in answers.items() if b"swagger" in answer.body.lower()]
    if shown:
        return Line(False, f"{', '.join(dict.fromkeys(shown))} can be seen from outside: forward only /webhooks/")
    return Line(True, "nothing but /webhooks/ can be seen")


def of_trial(name: str, trial: Trial, answer: Answer) -> Line:
    """The answer to a signed request of a service."""
    right = 200 <= answer.status < 300 and trial.expected in (None, answer.body)
    if right and answer.seconds > SLOW_SECONDS:
        return Line(False, f"{name}: the answer took {answer.seconds:.1f} s; services wait {SLOW_SECONDS:.0f} s")
    if right:
        return Line(True, f"{name}: a signed request is accepted ({answer.seconds:.1f} s)")
    way_out = {
        "signature": "the server has another secret than .env here (restart it: funnel down, funnel up), or the proxy "
        "changes bodies",
        "token": "the server has another token than .env here: restart it (funnel down, funnel up)",
        "missing_header": "the proxy drops headers of the service: pass all of them on",
        "stale": "the clock of this machine or of the server is wrong",
        "not_configured": "the server does not know its secret: restart it (funnel down, funnel up)",
        "not_safe": "the server can store nothing now: funnel status says why",
    }.get(answer.refused)
    if way_out:
        return Line(False, f"{name}: refused as {answer.refused}: {way_out}")
    if 200 <= answer.status < 300:
        return Line(False, f"{name}: the answer is not the one that the service expects: does the proxy change it?")
    return Line(False, f"{name}: {_not_ours(answer)}")


def _not_ours(answer: Answer) -> str:
    if answer.status == 0:
        return f"no answer ({answer.body.decode(errors='replace')[:100]})"
    if answer.location:
        return f"it is redirected to {answer.location[:100]}, and services follow no redirect: give them that address"
    if answer.status in (502, 504):
        return f"the proxy answers {answer.status}: the webhook server does not run where it looks (funnel status)"
    if answer.status == 404:
        return "404: the proxy does not forward /webhooks/, or to something else"
    if answer.status == 403:
        return "403: the proxy lets only certain addresses in, and this one is not among them"
    return f"status {answer.status}{', a page for people' if answer.is_page else ''}: something else answers there"
