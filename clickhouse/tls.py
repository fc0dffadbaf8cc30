"""TLS to ClickHouse: the settings as a context, and what its errors mean in one line."""

import ssl
from http.client import BadStatusLine

from clickhouse.addresses import Address
from clickhouse.settings import ClickHouseSettings

_EXPIRED, _NOT_YET = 10, 9
_UNKNOWN = {2, 7, 18, 19, 20, 21}
_OTHER_NAME = {62, 64}
"""X.509 verification errors of OpenSSL (X509_V_ERR_…)."""
_OURS = (
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_EXPIRED",
    "BAD_CERTIFICATE",
    "UNKNOWN_CA",
    "CERTIFICATE_UNKNOWN",
    "DECRYPT_ERROR",
)
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH")


class TlsFilesError(Exception):
    """A file of the settings cannot be used; the message names the setting."""


def tls_context(settings: ClickHouseSettings) -> ssl.SSLContext | None:
    """How servers are checked and what we show them; None: no TLS. Raises TlsFilesError."""
    if not settings.clickhouse_tls:
        for name in ("ca", "certificate", "key"):
            if getattr(settings, f"clickhouse_{name}_file"):
                raise TlsFilesError(
                    f"FUNNEL_CLICKHOUSE_{name.upper()}_FILE is set, but TLS is off: set FUNNEL_CLICKHOUSE_TLS=true"
                )
        return None
    try:
        context = ssl.create_default_context(cafile=settings.clickhouse_ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise TlsFilesError(_unusable("CA", settings.clickhouse_ca_file, error)) from error
    certificate, key = settings.clickhouse_certificate_file, settings.clickhouse_key_file
    if key and not certificate:
        raise TlsFilesError("FUNNEL_CLICKHOUSE_KEY_FILE is set without FUNNEL_CLICKHOUSE_CERTIFICATE_FILE: set both")
    if certificate:
        try:
            # A key with a passphrase would ask the terminal for it.
            context.load_cert_chain(certificate, key or None, password=_no_passphrase)
        except (OSError, ssl.SSLError, _PassphraseError) as error:
            name, file = ("KEY", key) if key else ("CERTIFICATE", certificate)
            raise TlsFilesError(_unusable(name, file, error)) from error
    return context


def trouble(error: BaseException, address: Address, *, encrypted: bool) -> str:
    """What a failed connection means, in one line with the way out; empty: nothing about TLS."""
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return _of_theirs(one, address)
        if isinstance(one, ssl.SSLError):
            return _of_the_handshake(one, address)
        if isinstance(one, ConnectionError) and encrypted and not isinstance(one, ConnectionRefusedError):
            return _ended(address)
        if isinstance(one, BadStatusLine | ConnectionResetError) and not encrypted:
            said = f"ClickHouse at {address} ends the connection: look at `funnel status`"
            return f"{said}; if it is an HTTPS port, set FUNNEL_CLICKHOUSE_TLS=true"
    return ""


def _ended(address: Address) -> str:
    certificate = "FUNNEL_CLICKHOUSE_CERTIFICATE_FILE"
    return f"ClickHouse at {address} ended the handshake: give its HTTPS port, and {certificate} if it wants one"


def _of_theirs(error: ssl.SSLCertVerificationError, address: Address) -> str:
    code, shown = error.verify_code, f"ClickHouse at {address} shows a certificate"
    if code == _EXPIRED:
        return f"{shown} that has expired: renew it on that server"
    if code == _NOT_YET:
        return f"{shown} that is not valid yet: look at the clocks of both machines"
    if code in _UNKNOWN:
        return f"{shown} of an unknown authority: name the file of that authority in FUNNEL_CLICKHOUSE_CA_FILE"
    if code in _OTHER_NAME:
        return f"{shown} for another name than {address.host}: name its own in FUNNEL_CLICKHOUSE_ADDRESSES"
    return f"{shown} that is not accepted ({error.verify_message}): renew it on that server"


def _of_the_handshake(error: ssl.SSLError, address: Address) -> str:
    reason = (error.reason or str(error)).upper().replace(" ", "_")
    if isinstance(error, ssl.SSLEOFError) or "EOF" in reason:
        return _ended(address)
    if any(one in reason for one in _OURS):
        said = reason.lower().replace("_", " ")
        return (
            f"ClickHouse at {address} does not accept our certificate ({said}): see FUNNEL_CLICKHOUSE_CERTIFICATE_FILE"
        )
    if any(one in reason for one in _NO_TLS):
        return (
            f"ClickHouse at {address} does not speak TLS there: give its HTTPS port, or set FUNNEL_CLICKHOUSE_TLS=false"
        )
    return f"TLS with ClickHouse at {address} fails ({reason.lower().replace('_', ' ')}): see FUNNEL_CLICKHOUSE_TLS"


class _PassphraseError(Exception):
    def __str__(self) -> str:
        return "it has a passphrase"


def _no_passphrase() -> str:
    raise _PassphraseError


def _unusable(name: str, file: str, error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return f"FUNNEL_CLICKHOUSE_{name}_FILE cannot be used: {file or 'of this machine'} ({reason})"


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = getattr(error, "reason", None)
        error = inner if isinstance(inner, BaseException) else (error.__cause__ or error.__context__)
    return found
