"""Messages as they arrive at e-mail, Slack, Telegram and a webhook; failures in one line without secrets."""

import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from alerts.channels import DeliveryError, UnsendableError, channels, link
from alerts.messages import Message
from alerts.settings import AlertSettings
from tests.grafana.pages import PAGES
from tests.servers.inbox import Inbox, Mailbox, http_inbox, mail_inbox

MESSAGE = Message(
    "zoom:1|drop|5|raised",
    "zoom:1",
    "zoom:1",
    "drop",
    True,
    5,
    "Conversion drop: SQL",
    "31 % instead of 42 %\n• <x> & y",
    "{}",
)


NASTY = {
    "line breaks": "SQL\r\nBcc: all@example.com\n\nin an hour",
    "separators": "SQL\u2028in\u2029an\x85hour\x0b\x0c",
    "lone surrogate": "SQL \ud83d in an hour",
    "NUL and controls": "SQL\x00in\x1b[31man\x7fhour",
    "direction": "SQL \u202egnp.exe\u2066",
    "100 kB": "SQL " + "ab " * 33_000,
    "100 kB of emoji": "😀" * 25_000,
    "markup": "<b>SQL</b> &amp; <https://evil.example|click>",
    "markdown": "*SQL* _in_ ~an~ `hour` [x](https://evil.example)",
    "mentions": "@channel <!channel> <!here> <@U123> @everyone",
    "nothing": "",
    "only breaks": "\n\u2028\x00",
}
"""Titles that services pass on as people, or attackers, wrote them."""
_BREAKS = "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00\x1b\u202e\ud83d"


def every_channel(inbox: Inbox, mailbox: Mailbox) -> AlertSettings:
    return AlertSettings(
        _env_file=None,
        email_to="sales@example.com, ceo@example.com",
        email_from="funnel@example.com",
        smtp_port=mailbox.port,
        smtp_security="none",
        slack_webhook_url=f"{inbox.address}/slack",
        telegram_token="1:secret",
        telegram_chat_id="-100",
        telegram_api=inbox.address,
        webhook_url=f"{inbox.address}/hook",
        webhook_secret="key",
        grafana_url="http://grafana.example.com/",
    )


def test_each_channel_gets_the_message_in_its_own_form() -> None:
    with http_inbox() as inbox, mail_inbox() as mailbox:
        ways = channels(every_channel(inbox, mailbox))
        assert [way.name for way in ways] == ["email", "slack", "telegram", "webhook"]
        for way in ways:
            way.send(MESSAGE)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Conversion drop: SQL"
    assert mail["To"] == "sales@example.com, ceo@example.com"
    plain, html = (part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
    assert "31 % instead of 42 %" in plain
    assert "&lt;x&gt; &amp; y" in html
    slack, telegram, hook = inbox.posted
    assert slack.path == "/slack"
    assert slack.json["text"].startswith(
        "Conversion drop: SQL\n31 % instead of 42 %\n• &lt;x&gt; &amp; y\n<http://grafana"
    )
    assert telegram.path == "/bot1:secret/sendMessage"
    assert telegram.json["chat_id"] == "-100"
    assert telegram.json["text"].endswith("http://grafana.example.com/d/webinar?var-webinar=zoom%3A1")
    assert (hook.json["state"], hook.json["kind"], hook.json["id"]) == ("raised", "drop", MESSAGE.message_id)
    signature = hmac.new(b"key", hook.body, hashlib.sha256).hexdigest()
    assert hook.headers["x-funnel-signature"] == f"sha256={signature}"


def test_no_title_breaks_a_channel_or_becomes_more_than_text_there() -> None:
    with http_inbox() as inbox, mail_inbox() as mailbox:
        ways = channels(every_channel(inbox, mailbox))
        for what, title in NASTY.items():
            inbox.posted.clear()
            mailbox.mails.clear()
            event = json.dumps({"title": title})
            text = f"{title}\n• source group '{title}': 3"
            message = MESSAGE._replace(title=f"Conversion drop: {title}", text=text, event=event)
            for way in ways:
                way.send(message)
            said = {one.path: one.json for one in inbox.posted}
            assert len(said) == 3, what
            _mail(mailbox, what)
            _slack(said["/slack"], what)
            _telegram(said["/bot1:secret/sendMessage"], what)
            _hook(said["/hook"], what)


def _mail(mailbox: Mailbox, what: str) -> None:
    (mail,) = mailbox.mails
    assert sorted(mail.keys()) == ["Content-Type", "From", "MIME-Version", "Message-ID", "Subject", "To"], what
    assert mail["Subject"].startswith("Conversion drop:"), what
    assert len(mail["Subject"]) <= 220, what
    plain, html = (part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
    assert "source group" in plain, what
    for text in (mail["Subject"], re.sub("\r?\n", "", plain), re.sub("\r?\n", "", html)):
        assert not set(text) & set(_BREAKS), what
    assert "<b>" not in html, what
    assert "<https:" not in html, what


def _slack(said: dict[str, Any], what: str) -> None:
    text = said["text"]
    assert (said["mrkdwn"], said["link_names"], said["parse"]) == (False, False, "none")
    assert len(text) < 12_000, what
    assert not set(text.replace("\n", "")) & set(_BREAKS), what
    # The only thing in angle brackets is our own link.
    assert re.findall("<[^>]*>", text) == [
        "<http://grafana.example.com/d/webinar?var-webinar=zoom%3A1|Open the dashboard>"
    ]


def _telegram(said: dict[str, Any], what: str) -> None:
    text = said["text"]
    assert "parse_mode" not in said
    assert len(text.encode("utf-16-le")) // 2 <= 4_096, what
    assert text.endswith("\nhttp://grafana.example.com/d/webinar?var-webinar=zoom%3A1"), what
    assert not set(text.replace("\n", "")) & set(_BREAKS), what
    assert not re.search(r"@\w", text), what


def _hook(said: dict[str, Any], what: str) -> None:
    assert said["event"].keys() == {"title"}, what
    assert not set(said["title"]) & set(_BREAKS), what
    assert "source group" in said["text"], what


@pytest.mark.parametrize(
    ("status", "body", "unsendable"),
    [
        (400, b"invalid_payload", True),
        (413, b"", True),
        (422, b"", True),
        (400, b'{"ok":false,"description":"Bad Request: message is too long"}', True),
        (400, b'{"ok":false,"description":"Bad Request: chat not found"}', False),
        (401, b"", False),
        (404, b"", False),
        (429, b"", False),
        (500, b"", False),
    ],
)
def test_what_is_refused_for_itself_is_told_from_what_may_pass_later(
    status: int, body: bytes, unsendable: bool
) -> None:
    with http_inbox() as inbox:
        inbox.faults.append(status)
        inbox.answer = body
        (way,) = channels(
            AlertSettings(_env_file=None, telegram_token="1:a", telegram_chat_id="1", telegram_api=inbox.address)
            if b"description" in body
            else AlertSettings(_env_file=None, slack_webhook_url=inbox.address)
        )
        with pytest.raises(DeliveryError, match=f"answered with status {status}") as error:
            way.send(MESSAGE)
    assert isinstance(error.value, UnsendableError) == unsendable
    assert "chat not" not in str(error.value)


def test_a_mail_that_the_server_refuses_for_good_is_unsendable() -> None:
    with mail_inbox() as mailbox:
        mailbox.faults.append("552 too big")
        (email,) = channels(every_channel(Inbox("http://127.0.0.1:9"), mailbox))[:1]
        with pytest.raises(UnsendableError, match="with status 552"):
            email.send(MESSAGE)
        mailbox.faults.append("451 later")
        with pytest.raises(DeliveryError, match="did not take it") as error:
            email.send(MESSAGE)
        assert not isinstance(error.value, UnsendableError)


@pytest.mark.parametrize(
    ("subject", "webinar_id", "path"),
    [
        ("zoom:a+/b==", "zoom:a+/b==", "/d/webinar?var-webinar=zoom%3Aa%2B%2Fb%3D%3D"),
        ("region=North & South", "", "/d/webinars?var-region=North%20%26%20South"),
        ("digest:daily", "", "/d/today"),
    ],
)
def test_a_link_leads_to_a_dashboard_and_a_variable_that_there_are(subject: str, webinar_id: str, path: str) -> None:
    config = AlertSettings(_env_file=None, grafana_url="http://grafana.example.com")
    where = urlsplit(link(config, MESSAGE._replace(subject=subject, webinar_id=webinar_id)))
    assert f"{where.path}?{where.query}".rstrip("?") == path
    page = PAGES[where.path.removeprefix("/d/")]
    assert parse_qs(where.query).keys() <= {f"var-{variable['name']}" for variable in page["templating"]["list"]}
    assert link(AlertSettings(_env_file=None, grafana_url=""), MESSAGE) == ""


def test_what_is_not_set_is_no_channel() -> None:
    assert channels(AlertSettings(_env_file=None)) == []


def test_a_refusal_is_told_without_the_secret_address() -> None:
    with http_inbox() as inbox:
        inbox.faults.append(403)
        (slack,) = channels(AlertSettings(_env_file=None, slack_webhook_url=f"{inbox.address}/T0/secret"))
        with pytest.raises(DeliveryError, match="Slack answered with status 403") as error:
            slack.send(MESSAGE)
    assert "secret" not in str(error.value)
    with pytest.raises(DeliveryError, match="Slack does not answer") as error:
        slack.send(MESSAGE)
    assert "secret" not in str(error.value)


def test_a_mail_server_that_is_not_there_is_told_in_one_line() -> None:
    with mail_inbox() as mailbox:
        port = mailbox.port
    (email,) = channels(AlertSettings(_env_file=None, email_to="a@example.com", smtp_port=port, smtp_security="none"))
    with pytest.raises(DeliveryError, match="did not take it") as error:
        email.send(MESSAGE)
    assert "\n" not in str(error.value)
