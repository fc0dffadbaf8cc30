"""What can go wrong with a backup, said to a person. Pure."""

from process.errors import ExplainedError


class BackupError(ExplainedError):
    """It cannot be taken, or put back. The text is one line: why, and the way out."""
