"""The extra that reads m4a, aac, wma and others: what it is for, and whether it is there."""

from pathlib import Path

from instrument_net.extras import install

# By these endings a file is meant to be sound; what it holds is for its reader to find out.
SOUND_SUFFIXES = frozenset(
    {".m4a", ".m4b", ".aac", ".wma", ".mka", ".weba", ".ape", ".wv", ".tta", ".mpc", ".tak", ".amr"}
)
# These may hold sound.
VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".3gp", ".webm", ".mkv", ".asf", ".wmv"})
ADVICE = f"{install('codecs')}, or convert it to flac or wav"


def has_codecs() -> bool:
    """Return whether the extra is installed."""
    try:
        import av  # noqa: F401
    except ImportError:
        return False
    return True


def lacks_codecs(path: Path) -> bool:
    """Return whether a file is, by its name, one that only the missing extra would read."""
    return path.suffix.lower() in SOUND_SUFFIXES | VIDEO_SUFFIXES and not has_codecs()
