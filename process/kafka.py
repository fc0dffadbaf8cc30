"""How every process reaches Kafka: its address, TLS and login, for the clients of each library.

Whatever makes a client takes its arguments from here (tests/layers/test_kafka_clients.py). Docs: docs/kafka-cluster.md.
"""

import ssl
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator

from process.errors import ExplainedError

LOGIN = ("SASL_PLAINTEXT", "SASL_SSL")
"""The protocols with a user and a password."""
TLS = ("SSL", "SASL_SSL")
"""The protocols with a certificate."""


class KafkaSetupError(ExplainedError, ValueError):
    """A file that the settings name cannot be used. The text is one line: which, why, and what to do."""


class KafkaSettings(BaseModel):
    """The part of all settings that says how to reach Kafka."""

    kafka_bootstrap: str = "127.0.0.1:9092"
    """host:port[,host:port…] of Kafka."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """SSL: with TLS; SASL: with a user and a password."""
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    """How the password is proved, with one of the two SASL protocols."""
    kafka_username: str = Field(default="", validate_default=True)
    kafka_password: SecretStr = Field(default=SecretStr(""), validate_default=True)
    kafka_ca_file: str = ""
    """PEM file of the authority that signed the brokers' certificates; empty: those that the system trusts."""
    kafka_certificate_file: str = ""
    """PEM file of this client's certificate, where brokers ask for one; empty: none."""
    kafka_key_file: str = ""
    """PEM file of its key, unless the certificate's file holds it too."""

    @field_validator("kafka_username", "kafka_ca_file", "kafka_certificate_file", "kafka_key_file", mode="before")
    @classmethod
    def _without_blanks(cls, value: object) -> object:
        # Whoever starts a child says that something is not set with a blank: an empty text would be ignored.
        return value.strip() if isinstance(value, str) else value

    @field_validator("kafka_username", "kafka_password")
    @classmethod
    def _always_with_a_login(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        protocol = info.data.get("kafka_security_protocol")
        if protocol in LOGIN and not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise ValueError(f"has to be set, because FUNNEL_KAFKA_SECURITY_PROTOCOL is {protocol}")
        return value

    @field_validator("kafka_key_file")
    @classmethod
    def _only_with_its_certificate(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("kafka_certificate_file"):
            raise ValueError("is set without FUNNEL_KAFKA_CERTIFICATE_FILE")
        return value


def reach(config: KafkaSettings) -> dict[str, Any]:
    """The arguments of aiokafka's and kafka-python's clients. Raises KafkaSetupError."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": addresses(config),
        "security_protocol": config.kafka_security_protocol,
    }
    if config.kafka_security_protocol in TLS:
        arguments["ssl_context"] = tls(config)
    if config.kafka_security_protocol in LOGIN:
        arguments |= {
            "sasl_mechanism": config.kafka_sasl_mechanism,
            "sasl_plain_username": config.kafka_username,
            "sasl_plain_password": config.kafka_password.get_secret_value(),
        }
    return arguments


def addresses(config: KafkaSettings) -> list[str]:
    """host:port of each broker that the settings name."""
    return [one.strip() for one in config.kafka_bootstrap.split(",")]


def tls(config: KafkaSettings) -> ssl.SSLContext:
    """What is trusted, and shown. The files are read each time: renewed ones count for the next client.

    Raises KafkaSetupError.
    """
    try:
        context = ssl.create_default_context(cafile=config.kafka_ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise KafkaSetupError(_unusable("FUNNEL_KAFKA_CA_FILE", config.kafka_ca_file, error)) from error
    if config.kafka_certificate_file:
        try:
            # Without a password OpenSSL would ask for it at the terminal.
            context.load_cert_chain(config.kafka_certificate_file, config.kafka_key_file or None, password="")
        except (OSError, ssl.SSLError) as error:
            path = f"{config.kafka_certificate_file} {config.kafka_key_file}".strip()
            name = "FUNNEL_KAFKA_CERTIFICATE_FILE and FUNNEL_KAFKA_KEY_FILE"
            raise KafkaSetupError(_unusable(name, path, error)) from error
    return context


def java_properties(config: KafkaSettings) -> str:
    """The same for Kafka's own tools: a file for their `--command-config`. It holds the password."""
    said: dict[str, str] = {"security.protocol": config.kafka_security_protocol}
    if config.kafka_security_protocol in LOGIN:
        kind = "plain.Plain" if config.kafka_sasl_mechanism == "PLAIN" else "scram.Scram"
        user, password = (_quoted(one) for one in (config.kafka_username, config.kafka_password.get_secret_value()))
        said["sasl.mechanism"] = config.kafka_sasl_mechanism
        said["sasl.jaas.config"] = (
            f"org.apache.kafka.common.security.{kind}LoginModule required username={user} password={password};"
        )
    if config.kafka_security_protocol in TLS and config.kafka_ca_file:
        said |= {"ssl.truststore.type": "PEM", "ssl.truststore.location": str(Path(config.kafka_ca_file).resolve())}
    if config.kafka_security_protocol in TLS and config.kafka_certificate_file:
        # One value instead of a file: Kafka wants certificate and key in the same one.
        texts = [Path(one).read_text() for one in (config.kafka_key_file, config.kafka_certificate_file) if one]
        said |= {"ssl.keystore.type": "PEM"}
        key, certificate = _parts("".join(texts))
        said |= {"ssl.keystore.key": key, "ssl.keystore.certificate.chain": certificate}
    return "".join(f"{name}={_escaped(value)}\n" for name, value in said.items())


def _parts(pem: str) -> tuple[str, str]:
    """The key and the certificates of PEM text."""
    blocks = [f"{one}-----\n" for one in pem.replace("\r", "").split("-----\n")]
    joined = ["".join(blocks[at : at + 2]) for at in range(0, len(blocks) - 1, 2)]
    keys = [one for one in joined if "PRIVATE KEY" in one]
    return "".join(keys[:1]), "".join(one for one in joined if "CERTIFICATE" in one)


def _quoted(text: str) -> str:
    """A value of a JAAS configuration."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escaped(text: str) -> str:
    """A value of a Java properties file."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _unusable(name: str, path: str, error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
    if isinstance(error, ssl.SSLError):
        said = {
            "KEY_VALUES_MISMATCH": "the key does not belong to the certificate",
            "NO_CERTIFICATE_OR_CRL_FOUND": "it holds no certificate in PEM",
        }
        reason = said.get(error.reason or "", "it is no PEM file, or its key has a password")
    return f"{name}: {path or 'what the system trusts'} cannot be used ({reason}): correct it, and start again"
