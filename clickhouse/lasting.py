"""Which of ClickHouse's errors would come again, however often the same is asked. Pure.

Everything else may pass: a server that is away or starts, a full disk (243), too many parts (252), no memory (241), too
many queries (202), a time limit (159), a Keeper that is away (242, 999). So does what is not known here.
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
        # What it is about is not there: UNKNOWN_TABLE, UNKNOWN_DATABASE. The schema is made before anything asks.
        *(60, 81),
        # It is not allowed: READONLY, SETTING_CONSTRAINT_VIOLATION, ACCESS_DENIED, and whoever says a wrong password.
        *(164, 192, 193, 194, 452, 497, 516),
    }
)
"""Numbers of src/Common/ErrorCodes.cpp."""


class Lasting(Exception):
    """An error of our own that would come again, too."""


def lasts(error: BaseException) -> bool:
    """Whether it is of no use to try again what raised this."""
    return isinstance(error, Lasting) or getattr(error, "code", None) in LASTING
