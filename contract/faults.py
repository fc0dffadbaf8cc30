"""What is wrong with a value that somebody wrote, as people say it and not as pydantic does. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_NUMBER, _WHOLE = "has to be a number", "has to be a whole number"
_SAID = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "string_type": "has to be text",
    "list_type": "has to be a list",
    "tuple_type": "has to be a list",
    "bool_type": "has to be true or false",
    "bool_parsing": "has to be true or false",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
}
_SUBJECT = re.compile(r"^\w+ should ")
_BOUNDS = {"greater than or equal to": "at least", "less than or equal to": "at most", "greater than": "more than"}


def in_words(fault: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()`, to stand behind the name of what is wrong: `has to be at most 100`.

    Without the value itself: it may be a secret. What a validator of ours says stays as it is.
    """
    message = str(fault["msg"])
    if fault["type"] in ("value_error", "assertion_error"):
        return message.partition(" error, ")[2] or message
    if said := _SAID.get(fault["type"]):
        return said
    message = _SUBJECT.sub("has to ", message).partition(" after validation")[0]
    for theirs, ours in _BOUNDS.items():
        message = message.replace(theirs, ours)
    return message[:1].lower() + message[1:]
