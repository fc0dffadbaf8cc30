"""Why Kafka cannot be used with these settings, in one line with the way out: asked for once a client has failed.

The clients retry whatever happens, and then say that time is up. Here each step is made once: connection, TLS, login.
"""

import socket
import ssl
import struct
from contextlib import suppress
from typing import Any

from kafka.net.sasl import get_sasl_mechanism

from process.kafka import LOGIN, TLS, KafkaSettings, KafkaSetupError, addresses, reach, tls

_STEP_SECONDS = 1.0
_SASL_HANDSHAKE, _SASL_AUTHENTICATE = 17, 36
_UNSUPPORTED_MECHANISM, _ILLEGAL_SASL_STATE = 33, 34
_PROTOCOL = "FUNNEL_KAFKA_SECURITY_PROTOCOL"

_OF_CERTIFICATE = {
    9: "is not valid yet: look at the clocks of both machines",
    10: "has expired: renew it on the broker",
    **dict.fromkeys(
        (7, 18, 19, 20, 21),
        "is signed by an authority that is not trusted here: set FUNNEL_KAFKA_CA_FILE to that authority's certificate",
    ),
    62: "is for other names than {host}: set FUNNEL_KAFKA_BOOTSTRAP to a name in it, or add this one to it",
    64: "is for other addresses than {host}: set FUNNEL_KAFKA_BOOTSTRAP to a name in it, or add this one to it",
}
"""By OpenSSL's code of a failed verification."""
_NO_TLS = f"speaks no TLS: set {_PROTOCOL} to PLAINTEXT or SASL_PLAINTEXT, or the port to that for TLS"
_CLOSED = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "UNEXPECTED_EOF_WHILE_READING")
"""What OpenSSL says where the other side speaks something else, or nothing any more."""
_NO_CERTIFICATE = "asks for our certificate: set FUNNEL_KAFKA_CERTIFICATE_FILE and FUNNEL_KAFKA_KEY_FILE"
_OF_OURS = {
    "CERTIFICATE_REQUIRED": _NO_CERTIFICATE,
    "CERTIFICATE_EXPIRED": "refuses FUNNEL_KAFKA_CERTIFICATE_FILE, which has expired: renew it",
    "UNKNOWN_CA": "does not trust the authority that signed FUNNEL_KAFKA_CERTIFICATE_FILE: have it signed by another",
    "BAD_CERTIFICATE": "refuses FUNNEL_KAFKA_CERTIFICATE_FILE: set it to one whose authority it trusts",
    "CERTIFICATE_UNKNOWN": "refuses FUNNEL_KAFKA_CERTIFICATE_FILE: see whether it has expired and who signed it",
}
"""By the end of the reason of the alert that the broker sent."""
_RIGHTS = {
    "Topic": "the topics",
    "Group": "the consumer group",
    "Cluster": "the cluster",
    "TransactionalId": "the transactional id",
}


class _Refused(Exception):
    """What goes on behind the address of the broker."""


def cause(config: KafkaSettings, error: BaseException | None = None) -> str:
    """Why, with the way out; empty: it is none of what settings, certificates and rights can be the cause of.

    `error`: that of the client. Returns within seconds.
    """
    if isinstance(error, KafkaSetupError):
        return str(error)
    if (said := _no_right(config, error)) or (said := _refusal(config)):
        return said
    return ""


def _no_right(config: KafkaSettings, error: BaseException | None) -> str:
    name = type(error).__name__
    if not name.endswith("AuthorizationFailedError"):
        return ""
    what = _RIGHTS.get(name.removesuffix("AuthorizationFailedError"), "this")
    who = config.kafka_username or config.kafka_certificate_file or "a client without login"
    return (
        f"Kafka at {config.kafka_bootstrap} gives {who} no right to use {what}: "
        "give it those of docs/kafka-cluster.md with kafka-acls"
    )


def _refusal(config: KafkaSettings) -> str:
    """That of the first address that says one; empty: there is none, or one of them lets us in."""
    try:
        arguments = reach(config)
    except KafkaSetupError as error:
        return str(error)
    first = ""
    for address in addresses(config):
        host, _, port = address.rpartition(":")
        if not port.isdecimal():
            return f"FUNNEL_KAFKA_BOOTSTRAP: {address} is no host:port"
        try:
            _come_in(config, arguments, host.strip("[]"), int(port))
        except _Refused as refused:
            first = first or f"Kafka at {address} {refused}"
        except OSError:
            # Away, which the caller says.
            continue
        else:
            return ""
    return first


def _come_in(config: KafkaSettings, arguments: dict[str, Any], host: str, port: int) -> None:
    """Raises _Refused, or OSError if nobody is there."""
    protocol = config.kafka_security_protocol
    with socket.create_connection((host, port), timeout=_STEP_SECONDS) as bare:
        if protocol not in TLS:
            _log_in(config, arguments, bare, host, port)
            return
        try:
            with tls(config).wrap_socket(bare, server_hostname=host) as secured:
                _log_in(config, arguments, secured, host, port)
        except ssl.SSLCertVerificationError as error:
            said = _OF_CERTIFICATE.get(error.verify_code, f"is not accepted ({error.verify_message})")
            raise _Refused(f"has a certificate that {said.format(host=host)}") from error
        except (ssl.SSLError, ConnectionError) as error:
            reason = getattr(error, "reason", None)
            if reason is not None and reason not in _CLOSED:
                raise _Refused(_of_tls(config, reason)) from error
            # A broker that dies closes its connections, too.
            if _speaks_plainly(config, host, port):
                raise _Refused(_NO_TLS) from error
            raise ConnectionResetError from error


def _of_tls(config: KafkaSettings, reason: str) -> str:
    for end, said in _OF_OURS.items():
        if reason.endswith(end):
            return said if config.kafka_certificate_file else _NO_CERTIFICATE
    return f"and we do not agree on TLS ({reason}): look at its ssl.enabled.protocols and ssl.cipher.suites"


def _log_in(config: KafkaSettings, arguments: dict[str, Any], link: socket.socket, host: str, port: int) -> None:
    wanted = config.kafka_sasl_mechanism
    try:
        code, rest = _asked(link, _SASL_HANDSHAKE, 1, _text(wanted))
    except ssl.SSLError:
        raise
    except OSError as error:
        if config.kafka_security_protocol not in TLS and _speaks_tls(host, port):
            raise _Refused(f"speaks TLS only: set {_PROTOCOL} to SSL or SASL_SSL") from error
        raise
    if config.kafka_security_protocol not in LOGIN:
        if code != _ILLEGAL_SASL_STATE:
            other = "SASL_SSL" if config.kafka_security_protocol in TLS else "SASL_PLAINTEXT"
            raise _Refused(
                f"asks for a login: set {_PROTOCOL}={other}, FUNNEL_KAFKA_USERNAME and FUNNEL_KAFKA_PASSWORD"
            )
        return
    if code == _ILLEGAL_SASL_STATE:
        other = "SSL" if config.kafka_security_protocol in TLS else "PLAINTEXT"
        raise _Refused(f"knows no logins on this port: set {_PROTOCOL}={other}, or the port to that for logins")
    if code == _UNSUPPORTED_MECHANISM:
        raise _Refused(f"does not accept {wanted}: set FUNNEL_KAFKA_SASL_MECHANISM to one of {_mechanisms(rest)}")
    _prove(config, arguments, link, host)


def _prove(config: KafkaSettings, arguments: dict[str, Any], link: socket.socket, host: str) -> None:
    proof = get_sasl_mechanism(config.kafka_sasl_mechanism)(host=host, **arguments)
    refused = (
        f"refuses the login of {config.kafka_username}: set FUNNEL_KAFKA_USERNAME and FUNNEL_KAFKA_PASSWORD to those "
        "of a user that it knows"
    )
    while not proof.is_done():
        token = proof.auth_bytes()
        code, rest = _asked(link, _SASL_AUTHENTICATE, 0, struct.pack(">i", len(token)) + token)
        if code:
            raise _Refused(refused)
        # After the error's text, which is null.
        length = struct.unpack_from(">i", rest, 2)[0]
        try:
            proof.receive(rest[6 : 6 + length])
        except Exception as error:
            # The broker does not know the password either.
            raise _Refused(refused) from error


def _asked(link: socket.socket, kind: int, version: int, body: bytes) -> tuple[int, bytes]:
    """The error code of the answer to a request of Kafka's protocol, and what follows it. Raises OSError."""
    request = struct.pack(">hhi", kind, version, 1) + _text("webinar-funnel") + body
    link.sendall(struct.pack(">i", len(request)) + request)
    (length,) = struct.unpack(">i", _read(link, 4))
    if not 6 <= length <= 65_536:
        raise ConnectionResetError("no answer of Kafka")
    answer = _read(link, length)
    (code,) = struct.unpack_from(">h", answer, 4)
    return code, answer[6:]


def _read(link: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        some = link.recv(length - len(found))
        if not some:
            raise ConnectionResetError("the connection was closed")
        found += some
    return found


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def _mechanisms(rest: bytes) -> str:
    found, at = [], 4
    for _ in range(struct.unpack_from(">i", rest)[0]):
        (length,) = struct.unpack_from(">h", rest, at)
        found.append(rest[at + 2 : at + 2 + length].decode())
        at += 2 + length
    return ", ".join(sorted(found)) or "none"


def _speaks_plainly(config: KafkaSettings, host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=_STEP_SECONDS) as link:
        _asked(link, _SASL_HANDSHAKE, 1, _text(config.kafka_sasl_mechanism))
        return True
    return False


def _speaks_tls(host: str, port: int) -> bool:
    """Whoever it is: nothing is sent over that connection."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        suppress(OSError),
        socket.create_connection((host, port), timeout=_STEP_SECONDS) as bare,
        context.wrap_socket(bare, server_hostname=host),
    ):
        return True
    return False
