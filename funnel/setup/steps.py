"""The steps of a setup in their order, and which of them the state of the world shows as done. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Facts:
    """The state of the world: `.env`, the data folder, what runs, what the tables hold."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Every setting of ours, by its name in `.env`."""
    runs: bool = False
    """Whether the stack of the data folder runs."""
    is_stale: bool = False
    """Whether `.env` was changed after it had started."""
    elsewhere: str = ""
    """Why no stack is started here: Kafka or ClickHouse is on another machine."""
    services: tuple[str, ...] = ()
    """Those that are configured."""
    polled: tuple[str, ...] = ()
    """Those of them that can be asked for the past."""
    backfilled: frozenset[str] = frozenset()
    """Those that were, without an error."""
    webinars: int = 0
    files: tuple[str, ...] = ()
    """Files of rules that exist."""
    rule_files: tuple[str, ...] = ("catalogue.yaml", "sources.yaml")
    """Those that setup proposes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `done`: what there is already, in words; empty: it is to be done."""

    name: str
    title: str
    done: Callable[[Facts], str]


def _machine(facts: Facts) -> str:
    return facts.elsewhere or ("it runs already" if facts.runs else "")


def _settings(facts: Facts) -> str:
    zone = facts.settings.get("FUNNEL_DEFAULT_TIMEZONE", "")
    return f"in .env already; time zone {zone}" if zone and facts.settings.get("FUNNEL_HASH_SECRET") else ""


def _services(facts: Facts) -> str:
    return f"connected: {', '.join(facts.services)}" if facts.services else ""


def _stack(facts: Facts) -> str:
    return facts.elsewhere or ("it runs already" if facts.runs and not facts.is_stale else "")


def _past(facts: Facts) -> str:
    missing = [one for one in facts.polled if one not in facts.backfilled]
    if missing:
        return ""
    return f"read already: {', '.join(facts.polled)}" if facts.polled else ""


def _rules(facts: Facts) -> str:
    there = [one for one in facts.rule_files if one in facts.files]
    return f"{' and '.join(there)} exist and stay as they are" if len(there) == len(facts.rule_files) else ""


STEPS: Sequence[Step] = (
    Step("machine", "This machine", _machine),
    Step("settings", "Settings, in .env", _settings),
    Step("services", "Where people register and meet", _services),
    Step("stack", "Start", _stack),
    Step("past", "The past", _past),
    Step("rules", "Courses and sources", _rules),
    Step("pages", "The pages", lambda _: ""),
)
