"""What is said about an audio file that cannot be used."""

from instrument_net.errors import InputError


class AudioError(InputError):
    """An audio file that cannot be used; the message names the file and the reason."""


class PassingError(AudioError):
    """A file that could not be read just now: no permission, a disk's error, no extra for it.

    Nothing follows about the file itself: it may be read as soon as the cause is gone.
    """
