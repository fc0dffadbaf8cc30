"""The settings of Kafka's clients, and what becomes of them in each library's words."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from process.kafka import KafkaSettings, KafkaSetupError, java_properties, reach
from streams.known_errors import explained_settings
from streams.settings import Settings
from tests.servers.authority import Authority

LOGIN = {"kafka_username": "funnel", "kafka_password": SecretStr('a "quoted" \\ one')}


def test_without_settings_clients_are_plain() -> None:
    assert reach(KafkaSettings(kafka_bootstrap="one:1, two:2")) == {
        "bootstrap_servers": ["one:1", "two:2"],
        "security_protocol": "PLAINTEXT",
    }
    assert java_properties(KafkaSettings()) == "security.protocol=PLAINTEXT\n"


def test_a_login_and_tls_are_handed_on(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.signed("client")
    config = KafkaSettings(
        kafka_security_protocol="SASL_SSL",
        kafka_ca_file=str(authority.file),
        kafka_certificate_file=str(certificate),
        kafka_key_file=str(key),
        **LOGIN,
    )
    arguments = reach(config)
    assert arguments["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (arguments["sasl_plain_username"], arguments["sasl_plain_password"]) == ("funnel", 'a "quoted" \\ one')
    assert arguments["ssl_context"].check_hostname
    assert len(arguments["ssl_context"].get_ca_certs()) == 1
    said = dict(line.split("=", 1) for line in java_properties(config).splitlines())
    assert said["sasl.jaas.config"].endswith(r'username="funnel" password="a \\"quoted\\" \\\\ one";')
    assert said["ssl.truststore.location"] == str(authority.file)
    assert said["ssl.keystore.key"].startswith("-----BEGIN PRIVATE KEY-----\\n")
    assert said["ssl.keystore.certificate.chain"].count("BEGIN CERTIFICATE") == 2
    assert "quoted" not in repr(config)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"kafka_security_protocol": "SASL_SSL"}, "FUNNEL_KAFKA_USERNAME: has to be set, because"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_username": "x"}, "FUNNEL_KAFKA_PASSWORD: has to be set"),
        ({"kafka_key_file": "key.pem"}, "FUNNEL_KAFKA_KEY_FILE: is set without FUNNEL_KAFKA_CERTIFICATE_FILE"),
        ({"kafka_security_protocol": "TLS"}, "FUNNEL_KAFKA_SECURITY_PROTOCOL: has to be 'PLAINTEXT', 'SSL'"),
        ({"min_insync_replicas": 2}, "FUNNEL_MIN_INSYNC_REPLICAS: has to be at most FUNNEL_REPLICATION_FACTOR"),
    ],
)
def test_what_does_not_go_together_is_one_line(said: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(_env_file=None, **said)
    assert line in explained_settings(error.value)


def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, _ = authority.signed("one")
    _, key = authority.signed("two", lasts=timedelta(days=1))
    tls = KafkaSettings(kafka_security_protocol="SSL")
    for changed, line in [
        ({"kafka_ca_file": "gone.pem"}, r"FUNNEL_KAFKA_CA_FILE: gone.pem cannot be used \(No such file or directory\)"),
        ({"kafka_ca_file": str(key)}, "it holds no certificate in PEM"),
        (
            {"kafka_certificate_file": str(certificate), "kafka_key_file": str(key)},
            "the key does not belong to the certificate",
        ),
    ]:
        with pytest.raises(KafkaSetupError, match=line):
            reach(tls.model_copy(update=changed))
