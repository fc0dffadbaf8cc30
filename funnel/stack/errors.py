"""Errors of the local stack, as messages for people."""

from process.errors import ExplainedError


class StackError(ExplainedError):
    """One line that says what is wrong and the way out."""


class ChildError(StackError):
    """A process of the stack does not start. `child` is its name."""

    def __init__(self, child: str, message: str) -> None:
        super().__init__(message)
        self.child = child
