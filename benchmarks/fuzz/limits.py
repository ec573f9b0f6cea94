"""What a case may cost: seconds and memory."""

from __future__ import annotations

import resource
from pathlib import Path

LONGEST_S = 10.0  # of processor time
STOPPED_AFTER_S = 30.0  # on the clock: what waits for something, or runs on and on
MOST_BYTES = 2 * 2**30  # resident, above what the process had before
# Where Linux itself stops the process, so that a case cannot take the machine down.
_ADDRESSES = 2 * MOST_BYTES
_STATUS = Path("/proc/self/status")
_REFERENCES = Path("/proc/self/clear_refs")


def limit_addresses() -> None:
    """Let this process allocate 4 GB more than it has."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_bytes("VmSize") + _ADDRESSES, hard))


def resident_bytes() -> int:
    """Return the memory that this process uses now; its maximum is counted from here on."""
    _REFERENCES.write_text("5")
    return _bytes("VmRSS")


def most_resident_bytes() -> int:
    """Return the most that this process has used since :func:`resident_bytes` was called."""
    return _bytes("VmHWM")


def _bytes(name: str) -> int:
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return 1024 * int(lines[name].split()[0])
