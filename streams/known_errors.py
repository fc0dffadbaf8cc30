"""Errors that a user can fix, in one line each."""

from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from pydantic import ValidationError
from urllib3.exceptions import HTTPError

from clickhouse.client import cause
from contract.faults import in_words
from process.errors import ExplainedError
from streams.settings import Settings

_NOT_MIGRATED = ("UNKNOWN_TABLE", "UNKNOWN_DATABASE", "UNKNOWN_FUNCTION", "UNKNOWN_IDENTIFIER")


def explained(error: Exception) -> str | None:
    """The line; None: the error is a bug in this program."""
    if isinstance(error, ExplainedError):
        return str(error)
    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return explained_settings(error)
    if isinstance(error, OperationalError | HTTPError):
        return f"ClickHouse does not answer any more ({cause(error)}); look at funnel status"
    if isinstance(error, ClickHouseError):
        text = " ".join(str(error).split())
        if any(code in text for code in _NOT_MIGRATED):
            return "the database does not have the schema of this version: run funnel migrate"
        return f"ClickHouse: {text}"
    return None


def explained_settings(error: ValidationError) -> str:
    """A line for each wrong setting, without the value: it may be a password."""
    prefix = Settings.model_config["env_prefix"].upper()
    return "\n".join(
        f"{prefix}{str(one['loc'][0]).upper()}: {in_words(one)}" for one in error.errors(include_input=False)
    )
