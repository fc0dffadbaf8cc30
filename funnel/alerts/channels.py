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
from typing import NamedTuple
from urllib.parse import quote

import httpx

from connectors.publish import Publisher, PublishError
from funnel.alerts.evaluate import Message
from funnel.alerts.settings import AlertSettings, listed
from streams.drops.detect import POOLED
from streams.topics import CONVERSION_ALERTS

TOPIC = "topic"
_SECONDS = 15.0
_TELEGRAM_CHARACTERS = 4_000


class DeliveryError(Exception):
    """The message did not get through. The text is one line without any secret."""


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
    mail["Subject"] = message.title
    mail["From"] = config.email_from
    mail["To"] = ", ".join(listed(config.email_to))
    mail["Message-ID"] = make_msgid(domain=config.email_from.rpartition("@")[2] or "localhost")
    where = link(config, message)
    mail.set_content(f"{message.text}\n\n{where}\n" if where else f"{message.text}\n")
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
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(
            f"the mail server {config.smtp_host}:{config.smtp_port} did not take it ({type(error).__name__}):"
            " are FUNNEL_ALERT_SMTP_… and FUNNEL_ALERT_EMAIL_… right?"
        ) from error


def _html(message: Message, where: str) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in message.text.splitlines())
    more = f'<p><a href="{escape(where, quote=True)}">Open the dashboard</a></p>' if where else ""
    return f"<html><body><h3>{escape(message.title)}</h3>{lines}{more}</body></html>"


def _slack(config: AlertSettings, message: Message) -> bytes:
    def plain(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    where = link(config, message)
    text = f"*{plain(message.title)}*\n{plain(message.text)}" + (f"\n<{where}|Open the dashboard>" if where else "")
    return json.dumps({"text": text}, ensure_ascii=False).encode()


def _telegram(config: AlertSettings, message: Message) -> bytes:
    where = link(config, message)
    text = f"{message.title}\n{message.text}"[:_TELEGRAM_CHARACTERS] + (f"\n{where}" if where else "")
    said = {"chat_id": config.telegram_chat_id, "text": text, "disable_web_page_preview": True}
    return json.dumps(said, ensure_ascii=False).encode()


def _webhook(config: AlertSettings, address: str, message: Message) -> None:
    said = {
        "id": message.message_id,
        "kind": message.kind,
        "state": "raised" if message.raised else "over",
        "webinar_id": message.webinar_id,
        "title": message.title,
        "text": message.text,
        "link": link(config, message),
        "event": json.loads(message.event) if message.event else None,
    }
    body = json.dumps(said, ensure_ascii=False).encode()
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
    if not answer.is_success:
        raise DeliveryError(f"{name} answered with status {answer.status_code}: is its address, or its key, right?")
