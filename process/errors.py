"""Errors of ours that say by themselves what to do. Pure."""


class ExplainedError(Exception):
    """Its text is for whoever runs us: one line with the cause and the way out, to be shown as it is."""
