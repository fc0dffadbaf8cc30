"""Whether a request comes from this machine's operator; strangers see only whether the server is healthy. Pure."""

from collections.abc import Mapping
from ipaddress import ip_address

_FORWARDED = ("forwarded", "via", "x-forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-", "cdn-", "ngrok-")
"""Prefixes of headers that reverse proxies and tunnels add: what they forward also comes from loopback."""


def is_operator(peer: str, headers: Mapping[str, str], http_version: str) -> bool:
    """Whether the request comes from this machine and was not forwarded. Names of headers in lower case.

    A proxy that adds no header is not detected, unless it speaks HTTP/1.0: have it forward only /webhooks/.
    """
    return (
        _is_loopback(peer)
        and _is_loopback(_name(headers.get("host", "")))
        and http_version != "1.0"
        and not any(name.startswith(_FORWARDED) for name in headers)
    )


def _name(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
