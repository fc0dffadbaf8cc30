"""The ways to people: e-mail, Slack, Telegram, a webhook; and the topic for other programs. One line says a failure."""

import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import make_msgid
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from alerts.detection.findings import POOLED
from alerts.messages import Message
from alerts.plain import cut, lines, one_line
from alerts.settings import AlertSettings, listed
from connectors.pipeline.publish import Publisher, PublishError
from contract.topics import CONVERSION_ALERTS, MAX_RECORD_BYTES

TOPIC = "topic"
_SECONDS = 15.0
_TITLE = 200
_TEXT = 10_000
_TELEGRAM = 4_096
"""Characters. Slack takes 40,000, Telegram not one more than it says."""
_REFUSED = (400, 413, 422)
"""Statuses that speak of what was sent, not of the address or the moment."""
_WORD_JOINER = "\u2060"


class DeliveryError(Exception):
    """The message did not get through. The text is one line without any secret."""


class UnsendableError(DeliveryError):
    """It never will: the fault is the message's own."""


class Channel(NamedTuple):
    """One way to people. `send` raises DeliveryError."""

    name: str
    send: Callable[[Message], None]


def channels(config: AlertSettings) -> list[Channel]:
    """The ones whose address is set."""
    found = []
    if config.email_to:
        found.append(Channel("email", lambda message: _email(config, message)))
    if slack := config.slack_webhook_url.get_secret_value():
        found.append(Channel("slack", lambda message: _post("Slack", slack, _slack(config, message))))
    if token := config.telegram_token.get_secret_value():
        address = f"{config.telegram_api}/bot{token}/sendMessage"
        found.append(Channel("telegram", lambda message: _post("Telegram", address, _telegram(config, message))))
    if hook := config.webhook_url.get_secret_value():
        found.append(Channel("webhook", lambda message: _webhook(config, hook, message)))
    return found


def topic(publisher: Callable[[], Publisher], forget: Callable[[], None]) -> Channel:
    """webinar.conversion-alerts.v1; digests are not for programs. `forget`: one that failed cannot be used again."""

    def send(message: Message) -> None:
        if len(message.event.encode()) > MAX_RECORD_BYTES:
            raise UnsendableError(f"its record is larger than {MAX_RECORD_BYTES:,} bytes")
        try:
            to = publisher()
            to.send_raw(CONVERSION_ALERTS.name, message.subject.encode(), message.event.encode())
            to.flush()
        except PublishError as error:
            forget()
            raise DeliveryError(" ".join(str(error).split()).rstrip(".")) from error

    return Channel(TOPIC, send)


def link(config: AlertSettings, message: Message) -> str:
    """Where to look further; empty: nowhere."""
    base = config.grafana_url.rstrip("/")
    if not base:
        return ""
    if message.webinar_id:
        return f"{base}/d/webinar?var-webinar={quote(message.webinar_id, safe='')}"
    dimension, _, value = message.subject.partition("=")
    if dimension in POOLED:
        return f"{base}/d/webinars?var-{dimension}={quote(value, safe='')}"
    return f"{base}/d/today"


def _email(config: AlertSettings, message: Message) -> None:
    mail = EmailMessage()
    mail["Subject"] = one_line(message.title, _TITLE)
    mail["From"] = config.email_from
    mail["To"] = ", ".join(listed(config.email_to))
    mail["Message-ID"] = make_msgid(domain=config.email_from.rpartition("@")[2] or "localhost")
    where, text = link(config, message), lines(message.text, _TEXT)
    mail.set_content(f"{text}\n\n{where}\n" if where else f"{text}\n")
    mail.add_alternative(_html(message, where), subtype="html")
    try:
        if config.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                config.smtp_host, config.smtp_port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=_SECONDS)
        with server:
            if config.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if config.smtp_user:
                server.login(config.smtp_user, config.smtp_password.get_secret_value())
            server.send_message(mail)
    except smtplib.SMTPDataError as error:
        said = f"the mail server {config.smtp_host}:{config.smtp_port} did not take it, with status {error.smtp_code}"
        # The address was taken before: for good refused is what stands in it.
        raise (UnsendableError if error.smtp_code >= 500 else DeliveryError)(said) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(
            f"the mail server {config.smtp_host}:{config.smtp_port} did not take it ({type(error).__name__}):"
            " are FUNNEL_ALERT_SMTP_… and FUNNEL_ALERT_EMAIL_… right?"
        ) from error


def _html(message: Message, where: str) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines(message.text, _TEXT).split("\n"))
    more = f'<p><a href="{escape(where, quote=True)}">Open the dashboard</a></p>' if where else ""
    return f"<html><body><h3>{escape(one_line(message.title, _TITLE))}</h3>{paragraphs}{more}</body></html>"


def _slack(config: AlertSettings, message: Message) -> bytes:
    # Slack reads mentions and links in angle brackets, bold in stars: a title is to be nothing but text.
    where = link(config, message)
    text = f"{one_line(message.title, _TITLE)}\n{lines(message.text, _TEXT)}"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    more = f"\n<{where}|Open the dashboard>" if where else ""
    return _json({"text": text + more, "mrkdwn": False, "link_names": False, "parse": "none", "unfurl_links": False})


def _telegram(config: AlertSettings, message: Message) -> bytes:
    # Without a parse_mode there is no markup, but an @ before a name would call somebody.
    where = link(config, message)
    more = f"\n{where}" if where else ""
    text = f"{one_line(message.title, _TITLE)}\n{lines(message.text, _TELEGRAM)}".replace("@", f"@{_WORD_JOINER}")
    text = cut(text, _TELEGRAM - len(more)) + more
    return _json({"chat_id": config.telegram_chat_id, "text": text, "disable_web_page_preview": True})


def _webhook(config: AlertSettings, address: str, message: Message) -> None:
    said = {
        "id": message.message_id,
        "kind": message.kind,
        "state": "raised" if message.raised else "over",
        "webinar_id": message.webinar_id,
        "title": one_line(message.title, _TITLE),
        "text": lines(message.text, _TEXT),
        "link": link(config, message),
        "event": json.loads(message.event) if message.event else None,
    }
    body = _json(said)
    secret = config.webhook_secret.get_secret_value()
    headers = {}
    if secret:
        headers["X-Funnel-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    _post("the webhook", address, body, headers)


def _post(name: str, address: str, body: bytes, headers: dict[str, str] | None = None) -> None:
    # Neither address nor answer is told: the one holds a secret, the other may.
    try:
        answer = httpx.post(
            address,
            content=body,
            headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
            timeout=_SECONDS,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DeliveryError(f"{name} does not answer ({type(error).__name__})") from error
    if _is_about_the_message(answer):
        raise UnsendableError(f"{name} answered with status {answer.status_code}: it does not take this message")
    if not answer.is_success:
        raise DeliveryError(f"{name} answered with status {answer.status_code}: is its address, or its key, right?")


def _is_about_the_message(answer: httpx.Response) -> bool:
    # Telegram says 400 of a wrong chat too.
    return answer.status_code in _REFUSED and b"chat" not in answer.content[:1_000].lower()


def _json(said: dict[str, Any]) -> bytes:
    # A lone surrogate has no bytes.
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
