"""Our errors, whose text says what to do. Pure."""


class ExplainedError(Exception):
    """Its text is for the operator: one line with the cause and the way out, shown as it is."""
