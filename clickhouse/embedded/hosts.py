"""Which addresses are this machine's own."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether an address written in digits is a loopback one. A name is not."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
