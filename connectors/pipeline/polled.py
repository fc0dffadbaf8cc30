"""Who polls a service, in words. Pure."""

from dataclasses import dataclass

from contract.instants import format_instant


@dataclass(frozen=True, slots=True)
class Service:
    """The pollers of a service that somebody polls, or has polled until less than a week ago."""

    connector: str
    owner: str
    """The machine and process that polls; empty: none does."""
    since: int | None
    """Since when, in ms since 1970 UTC; None: unknown, or none does."""
    standbys: tuple[str, ...]
    last: str
    """Who polled last, if it was to go on for ever; empty: it was to run once, so nobody is missing."""

    @property
    def is_missing(self) -> bool:
        """Whether nobody polls, although somebody should."""
        return not self.owner and not self.standbys and bool(self.last)

    @property
    def trouble(self) -> str:
        """What is wrong, and the way out, in one line; empty: nothing."""
        if not self.is_missing:
            return ""
        return (
            f"nobody polls {self.connector}; the last one was {self.last}: start funnel connectors poll "
            f"{self.connector}, or funnel connectors retire {self.connector} if it is not to be polled any more"
        )

    def __str__(self) -> str:
        """For a list of services."""
        waiting = f"; standby: {', '.join(self.standbys)}" if self.standbys else ""
        if not self.owner:
            return f"polled by nobody now{f', last by {self.last}' if self.last else ''}{waiting}"
        since = f" since {format_instant(self.since)[:19].replace('T', ' ')} UTC" if self.since else ""
        return f"polled by {self.owner}{since}{waiting}"

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "connector": self.connector,
            "owner": self.owner or None,
            "since": format_instant(self.since) if self.since else None,
            "standby": list(self.standbys),
            "last": self.last or None,
            "missing": self.is_missing,
        }
