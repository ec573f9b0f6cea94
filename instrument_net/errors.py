"""What a command answers with one line and exit status 2."""

WRONG_INPUT_STATUS = 2


class InputError(ValueError):
    """Input that cannot be used: the message names it, what was expected, and what to do."""
