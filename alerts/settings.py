"""What can be configured of alerts: variables `FUNNEL_ALERT_…`, and the thresholds in business/alerts.yaml."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from alerts.detection.settings import DropSettings
from connectors.settings import SettingsError
from connectors.toolkit.marked import FileError, Marked, near, read
from contract.faults import in_words

FILE = "alerts.yaml"
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("drop", "empty_room", "no_events", "pace", "standout")


class AlertSettings(BaseSettings):
    """Where messages go, and when. A channel whose address is empty is off. Times are of `timezone`."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_ALERT_", env_file=".env", extra="ignore", frozen=True)

    # Where messages go.
    email_to: str = ""
    """Addresses with commas."""
    email_from: str = "funnel@localhost"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    slack_webhook_url: SecretStr = SecretStr("")
    """An incoming webhook of Slack."""
    telegram_token: SecretStr = SecretStr("")
    """Of the bot."""
    telegram_chat_id: str = ""
    telegram_api: str = "https://api.telegram.org"
    webhook_url: SecretStr = SecretStr("")
    """Gets each message as JSON."""
    webhook_secret: SecretStr = SecretStr("")
    """Signs what the webhook gets: HMAC-SHA256 in the header X-Funnel-Signature. Empty: unsigned."""

    # What is said, and when.
    kinds: str = "drop,empty_room,no_events,pace"
    """What sends a message at once; of drop, empty_room, no_events, pace, standout. The summaries tell all."""
    mute: str = ""
    """Times without messages, such as 22:00-07:00, with commas; what is still so afterwards is said then."""
    timezone: str = "UTC"
    digest_at: str = "08:30"
    """When the morning summary is sent; empty: never."""
    weekly_at: str = "mon 09:00"
    """When the week's page is sent; empty: never."""
    grafana_url: str = "http://127.0.0.1:3000"
    """Of the links in messages; empty: no links."""

    # How it is evaluated.
    evaluate_seconds: float = Field(default=60.0, gt=0)
    days_ahead: int = Field(default=14, ge=1, le=90)
    """How far ahead upcoming webinars are watched."""

    @field_validator("kinds")
    @classmethod
    def _known_kinds(cls, value: str) -> str:
        for kind in listed(value):
            if kind not in KINDS:
                raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
        return value

    @field_validator("mute")
    @classmethod
    def _spans(cls, value: str) -> str:
        for span in listed(value):
            if not _SPAN.fullmatch(span):
                raise ValueError(f"{span} is no span such as 22:00-07:00")
        return value

    @field_validator("digest_at")
    @classmethod
    def _time(cls, value: str) -> str:
        if value and not _TIME.fullmatch(value):
            raise ValueError("a time such as 08:30, or nothing")
        return value

    @field_validator("weekly_at")
    @classmethod
    def _day_and_time(cls, value: str) -> str:
        day, _, time = value.partition(" ")
        if value and (day.lower() not in DAYS or not _TIME.fullmatch(time)):
            raise ValueError("a day and a time such as mon 09:00, or nothing")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("no IANA time zone such as Europe/Berlin") from error
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.telegram_token.get_secret_value()) != bool(self.telegram_chat_id):
            raise ValueError("TELEGRAM_TOKEN and TELEGRAM_CHAT_ID are needed together")
        return self

    def muted(self, local: datetime) -> bool:
        """Whether nothing is said at that wall clock of `timezone`."""
        now = f"{local:%H:%M}"
        spans = (span.split("-") for span in listed(self.mute))
        return any(begin <= now < end if begin <= end else now >= begin or now < end for begin, end in spans)


def listed(text: str) -> tuple[str, ...]:
    """A setting with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


@cache
def alert_settings() -> AlertSettings:
    """The settings of this process. Raises SettingsError."""
    try:
        return AlertSettings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = f"FUNNEL_ALERT_{str(first['loc'][0]).upper()}" if first["loc"] else "FUNNEL_ALERT_…"
        raise SettingsError(f"{name}: {in_words(first)}. Correct it in the environment or in .env.") from error


def thresholds(folder: Path) -> DropSettings:
    """What counts as a drop: the defaults, and what business/alerts.yaml says instead. Raises FileError."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return DropSettings()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{FILE}:1: cannot be read: {type(error).__name__}") from error
    return parse_thresholds(read(text, FILE))


def parse_thresholds(marked: Marked) -> DropSettings:
    """The file as thresholds. Raises FileError with a line for each fault."""
    said = {name: value for name, value in marked.values.items() if value is not None}
    try:
        return DropSettings.model_validate(said)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False, include_context=False):
            name = str(fault["loc"][0])
            what = f"{name}: {in_words(fault)}"
            if fault["type"] == "extra_forbidden":
                what = f"unknown key {name}; {near(name, list(DropSettings.model_fields))}"
            faults.append(f"{marked.place(*fault['loc'])}: {what}")
        raise FileError("\n".join(dict.fromkeys(faults))) from error
