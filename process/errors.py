"""Our errors, whose text says what to do. Pure."""


class ExplainedError(Exception):
    """Its text is for the operator: one line with the cause and the way out, shown as it is."""


HELD = 78
"""The exit status of a process that must not be started again before somebody has done what it says."""


FORMER_END = "FUNNEL_FORMER_END"
"""The environment variable in which a supervisor says why the process ended that this one follows; empty: as wanted."""


class HeldError(ExplainedError):
    """The process has to end with that status."""
