"""The moment argument of the views. Pure."""

from contract.instants import format_instant

AT = "{at:DateTime64(3, 'UTC')}"
"""Its form in a statement: `FROM funnel(at = {AT})` in an f-string."""


def at_parameter(at: int) -> str:
    """The value of the parameter. `at`: milliseconds since 1970 UTC."""
    return format_instant(at).replace("T", " ").removesuffix("Z")
