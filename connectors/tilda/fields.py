"""Which field of a Tilda form is which: its author names them freely, in any case and language. Pure."""

import re
from collections.abc import Mapping

from connectors.toolkit.identity import normal_email
from connectors.toolkit.reading import text

_EMAIL_NAME = re.compile(r"e-?mail|почт|мейл|мэйл")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


def lower_names(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields by name in lower case; of names that differ only in case, the last that is not empty."""
    named: dict[str, object] = {}
    for name, value in fields.items():
        key = name.strip().lower()
        if text(value) or key not in named:
            named[key] = value
    return named


def email_of(fields: Mapping[str, object]) -> str:
    """The email among fields named in lower case; "" if it cannot be found.

    By the name `email`, by a name that contains a word for it, else the only value that is an email: Tilda names a
    field "Input_2" if its author gave it no name.
    """
    for name in ("email", *(name for name in fields if _EMAIL_NAME.search(name))):
        said = text(fields.get(name))
        if normal_email(said) is not None:
            return said
    emails = {said for value in fields.values() if _EMAIL.fullmatch(said := text(value))}
    return emails.pop() if len(emails) == 1 else ""
