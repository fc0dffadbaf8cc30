"""The error that ends a setup."""

from process.errors import ExplainedError


class SetupError(ExplainedError):
    """Setup cannot go on: a line for each cause, with the way out. What was done before stays."""
