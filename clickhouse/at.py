"""A moment as the parameter `at` of the views takes it. Pure."""

from contract.instants import format_instant


def at_parameter(at: int) -> str:
    """`at`: milliseconds since 1970 UTC."""
    return format_instant(at).replace("T", " ").removesuffix("Z")
