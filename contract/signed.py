"""How a difference is written in messages and on the command line; SQL has {signed} (clickhouse/fragments). Pure."""

from fractions import Fraction

MINUS = "\N{MINUS SIGN}"


def signed(number: float | Fraction, places: int = 1) -> str:
    """+1,234.5 or −0.3, with a real minus sign; what rounds to zero has no sign."""
    said = f"{float(number):+,.{places}f}"
    if not said.strip("+-0."):
        return said[1:]
    return said.replace("-", MINUS)
