"""ClickHouse's lasting errors, which would recur however often the same request is sent. Pure.

Everything else may pass: a server that is away or starting, a full disk (243), too many parts (252), no memory (241),
too many queries (202), a time limit (159), an absent Keeper (242, 999). Unknown errors count as passing too.
"""

LASTING = frozenset(
    {
        # The statement, or a value in it, is wrong: CANNOT_PARSE_…, ILLEGAL_…, UNKNOWN_…, SYNTAX_ERROR, TYPE_MISMATCH.
        *(6, 7, 8, 9, 10, 15, 16, 20, 25, 26, 27, 34, 35, 36, 38, 41, 42, 43, 44, 46, 47, 48, 50, 51, 52, 53, 62, 63),
        *(
            69,
            70,
            72,
            73,
            78,
            80,
            115,
            117,
            125,
            130,
            131,
            152,
            153,
            168,
            179,
            182,
            184,
            190,
            207,
            215,
            223,
            321,
            349,
            352,
        ),
        *(376, 386, 395, 403, 407, 427, 441, 455, 456, 457, 467, 469, 565, 636, 675, 676),
        # Its object does not exist: UNKNOWN_TABLE, UNKNOWN_DATABASE. The schema is created before any request.
        *(60, 81),
        # It is not allowed: READONLY, SETTING_CONSTRAINT_VIOLATION, ACCESS_DENIED, and a wrong password.
        *(164, 192, 193, 194, 452, 497, 516),
    }
)
"""Numbers from src/Common/ErrorCodes.cpp."""


class Lasting(Exception):
    """Our own error that would recur as well."""


def lasts(error: BaseException) -> bool:
    """Whether retrying what raised this error is useless."""
    return isinstance(error, Lasting) or getattr(error, "code", None) in LASTING
