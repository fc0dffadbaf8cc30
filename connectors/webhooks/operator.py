"""Who asks: somebody at this machine, or a stranger who is shown nothing but whether the server is well. Pure."""

from collections.abc import Mapping
from ipaddress import ip_address

_FORWARDED = ("forwarded", "via", "x-forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-", "cdn-", "ngrok-")
"""How the headers begin that a reverse proxy or a tunnel adds: what it hands on comes from loopback too."""


def is_operator(peer: str, headers: Mapping[str, str], http_version: str) -> bool:
    """Whether the request comes from this machine and was handed on by nobody. Names of headers in lower case.

    A proxy that hides itself cannot be told: let it hand on nothing but /webhooks/. One kind can: it speaks HTTP/1.0.
    """
    return (
        _is_loopback(peer)
        and _is_loopback(_name(headers.get("host", "")))
        and http_version != "1.0"
        and not any(name.startswith(_FORWARDED) for name in headers)
    )


def _name(host: str) -> str:
    """Without its port."""
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
