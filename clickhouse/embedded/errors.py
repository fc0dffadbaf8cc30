"""ClickHouse's errors: numbers, names, and the HTTP status that each is answered with."""

import re

READONLY = (164, "READONLY")
SYNTAX_ERROR = (62, "SYNTAX_ERROR")
NOT_IMPLEMENTED = (48, "NOT_IMPLEMENTED")
ACCESS_DENIED = (497, "ACCESS_DENIED")
AUTHENTICATION_FAILED = (516, "AUTHENTICATION_FAILED")
BAD_ARGUMENTS = (36, "BAD_ARGUMENTS")
UNKNOWN_SETTING = (115, "UNKNOWN_SETTING")
CANNOT_DECOMPRESS = (271, "CANNOT_DECOMPRESS")
INTO_OUTFILE_NOT_ALLOWED = (358, "INTO_OUTFILE_NOT_ALLOWED")
QUERY_IS_TOO_LARGE = (229, "QUERY_IS_TOO_LARGE")
SETTING_CONSTRAINT_VIOLATION = (452, "SETTING_CONSTRAINT_VIOLATION")
CANNOT_WRITE = (75, "CANNOT_WRITE_TO_FILE_DESCRIPTOR")
NOT_ENOUGH_SPACE = (243, "NOT_ENOUGH_SPACE")
SAME_QUERY_ID = (216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING")

# src/Server/HTTP/exceptionCodeToHTTPStatus.cpp of ClickHouse. What is not listed there is a 500.
_STATUS = {
    **dict.fromkeys((6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321), 400),
    **dict.fromkeys((376, 427, 441, 675, 676), 400),
    194: 401,
    **dict.fromkeys((192, 193, 497, 512, 516), 403),
    **dict.fromkeys((46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511), 404),
    159: 408,
    381: 411,
    229: 413,
    779: 415,
    48: 501,
    **dict.fromkeys((76, 209, 439), 503),
}
# The engine wraps an error in itself at times; what a person needs is the innermost one.
_ERROR = re.compile(r"(?:Code: \d+\. DB::Exception: )*(Code: (\d+)\. DB::Exception: .*)", re.DOTALL)
# Whence the engine read the rows of an INSERT is no business of the client's, who sent them.
_ROWS_FILE = re.compile(
    r": \(in file/uri /dev/fd/\d+\)|: While executing File\b|: data for INSERT was parsed from file"
)
_UNKNOWN_EXCEPTION = 1002


class ServerError(Exception):
    """What a client is told: ClickHouse's number of the error and its text, without a stack trace."""

    def __init__(self, error: tuple[int, str], message: str) -> None:
        self.code, name = error
        super().__init__(f"Code: {self.code}. DB::Exception: {message}. ({name})")

    @property
    def status(self) -> int:
        """The HTTP status that ClickHouse answers this error with."""
        return _STATUS.get(self.code, 500)


class EngineError(ServerError):
    """An error that the engine raised, told in its own words."""

    def __init__(self, text: str) -> None:
        match = _ERROR.search(_ROWS_FILE.sub("", text.split("\nStack trace", 1)[0].strip()))
        self.code = int(match.group(2)) if match else _UNKNOWN_EXCEPTION
        Exception.__init__(self, match.group(1) if match else f"Code: {self.code}. DB::Exception: {text}")
