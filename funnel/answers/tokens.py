"""Bearer tokens of the API: what is known of each is its hash."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from funnel.answers.settings import ApiSettings

SHORTEST = 24
"""Letters of a token. A shorter one could be guessed."""
_HASHED = "sha256:"


class TokensError(Exception):
    """There is no token, or a wrong one. The text is one line: why, and what to do."""


def tokens_of(settings: ApiSettings) -> tuple[str, ...]:
    """The hashes of all tokens of the settings. Raises TokensError."""
    path = settings.tokens_file
    try:
        in_file = path.read_text().splitlines() if path is not None else []
        known = known_tokens([*settings.tokens.get_secret_value().split(","), *in_file])
    except (ValueError, OSError) as error:
        raise TokensError(f"FUNNEL_API_TOKENS{'' if path is None else f' or {path}'}: {error}") from error
    if not known:
        said = "FUNNEL_API_TOKENS is not set, and without a token nobody could ask: funnel api --new-token makes one"
        raise TokensError(said)
    return known


def hashed(token: str) -> str:
    """The form that settings and files may hold instead of the token."""
    return f"{_HASHED}{hashlib.sha256(token.encode()).hexdigest()}"


def known_tokens(texts: Iterable[str]) -> tuple[str, ...]:
    """The hashes of these texts: tokens or hashes; blank lines and comments are none. Raises ValueError."""
    return tuple(_known(text.strip()) for text in texts if text.strip() and not text.strip().startswith("#"))


def holder(header: str, known: Iterable[str]) -> str | None:
    """The hash of the token in an Authorization header; None: it is none of the known ones. Takes as long for each."""
    scheme, _, token = header.partition(" ")
    asked = hashed(token.strip()) if scheme.lower() == "bearer" else ""
    found = None
    for one in known:
        if hmac.compare_digest(one.encode(), asked.encode()):
            found = one
    return found


def _known(text: str) -> str:
    if text.startswith(_HASHED):
        if not re.fullmatch(r"[0-9a-f]{64}", text.removeprefix(_HASHED)):
            raise ValueError("a hash is sha256: and 64 hexadecimal digits; funnel api --new-token makes one")
        return text
    if len(text) < SHORTEST:
        raise ValueError(f"a token has {SHORTEST} characters or more; funnel api --new-token makes one")
    return hashed(text)
