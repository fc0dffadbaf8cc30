"""What can go wrong with the local stack, said to a person."""


class StackError(Exception):
    """One line that says what is wrong and the way out."""
