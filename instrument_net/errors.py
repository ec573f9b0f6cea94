"""What a command answers with one line and exit status 2; the other exit statuses."""

WRONG_INPUT_STATUS = 2
SOME_FILES_FAILED = 3  # the others were done
CLAIM_LOST = 4  # to another process, see runs/claims.py
PROCESS_LOST = 5  # one of those that trained together
INTERRUPTED = 130  # by Ctrl-C, as a shell counts: 128 and the signal's number
TERMINATED = 143  # by SIGTERM


class InputError(ValueError):
    """Input that cannot be used: the message names it, what was expected, and what to do."""
