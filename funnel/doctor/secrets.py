"""Which secrets are weak. Names only: no finding holds a value. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from funnel.doctor.finding import Finding

OURS = re.compile(
    r"FUNNEL_(\w+_)?CLICKHOUSE_PASSWORD|FUNNEL_HASH_SECRET|GRAFANA_ADMIN_PASSWORD|FUNNEL_\w+_WEBHOOK_TOKEN"
)
"""Those that are made up here. Others are given by services, whatever they look like."""
LEAST = 16
_LEAST_CHARACTERS = 6
"""Different ones."""
_KNOWN = re.compile(
    r"admin|adm1n|password|passw0rd|changeme|change-me|secret|test|example|funnel|grafana|clickhouse|default|qwerty|letmein"
    r"|x{3,}|123|abc"
)


def weak(secrets: Mapping[str, str]) -> Iterator[Finding]:
    """Each of ours that is short, known or simple, and those that are the same."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name, value in sorted(secrets.items()):
        if not OURS.fullmatch(name):
            continue
        alike[value].append(name)
        if why := _why(value):
            yield Finding("secrets", f"{name} {why}", _way_out(name))
    for names in alike.values():
        if len(names) > 1:
            yield Finding("secrets", f"{' and '.join(names)} are the same", "give each one of its own")


def _why(value: str) -> str:
    if _KNOWN.sub("", value.lower()) == "" or value.lower() in ("", "none"):
        return "is a default or a common password"
    if len(value) < LEAST:
        return f"is shorter than {LEAST} characters"
    if len(set(value)) < _LEAST_CHARACTERS:
        return "repeats a few characters"
    return ""


def _way_out(name: str) -> str:
    if name == "FUNNEL_HASH_SECRET":
        return "with another one the same people get other ids: change it only before anything was taken in"
    return 'make one: python3 -c "import secrets; print(secrets.token_hex(24))"'
