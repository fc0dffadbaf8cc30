"""Errors of ours that say by themselves what to do. Pure."""


class ExplainedError(Exception):
    """Its text is for whoever runs us: one line with the cause and the way out, to be shown as it is."""


HELD = 78
"""The exit status of a process that must not be started again before somebody has done what it says."""


class HeldError(ExplainedError):
    """The process has to end with that status."""
