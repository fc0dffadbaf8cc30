"""The moment that the views are asked about. Pure."""

from contract.instants import format_instant

AT = "{at:DateTime64(3, 'UTC')}"
"""How a statement takes it: `FROM funnel(at = {AT})` of a Python text."""


def at_parameter(at: int) -> str:
    """The value of the parameter. `at`: milliseconds since 1970 UTC."""
    return format_instant(at).replace("T", " ").removesuffix("Z")
