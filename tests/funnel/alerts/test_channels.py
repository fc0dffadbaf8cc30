"""Messages as they arrive at e-mail, Slack, Telegram and a webhook; failures in one line without secrets."""

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from funnel.alerts.channels import DeliveryError, channels, link
from funnel.alerts.evaluate import Message
from funnel.alerts.settings import AlertSettings
from tests.grafana.pages import PAGES
from tests.servers.inbox import http_inbox, mail_inbox

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


def test_each_channel_gets_the_message_in_its_own_form() -> None:
    with http_inbox() as inbox, mail_inbox() as mailbox:
        config = AlertSettings(
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
        ways = channels(config)
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
        "*Conversion drop: SQL*\n31 % instead of 42 %\n• &lt;x&gt; &amp; y\n<http://grafana"
    )
    assert telegram.path == "/bot1:secret/sendMessage"
    assert telegram.json["chat_id"] == "-100"
    assert telegram.json["text"].endswith("http://grafana.example.com/d/webinar?var-webinar=zoom%3A1")
    assert (hook.json["state"], hook.json["kind"], hook.json["id"]) == ("raised", "drop", MESSAGE.message_id)
    signature = hmac.new(b"key", hook.body, hashlib.sha256).hexdigest()
    assert hook.headers["x-funnel-signature"] == f"sha256={signature}"


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
