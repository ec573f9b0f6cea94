"""Let glibc keep the memory that a training step frees, so that the next step can reuse it."""

import ctypes
import os
import sys

# <malloc.h>
_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4


def keep_freed_pages() -> None:
    """Make later allocations reuse freed pages, instead of asking the kernel for zeroed ones.

    The activations of a training step take many megabytes each. glibc allocates such blocks by
    ``mmap`` and returns them when they are freed, so in every step the kernel maps and zeroes some
    gigabytes anew, page by page. Without ``mmap`` and without trimming, the heap keeps them (and
    the process its largest size): measured 0.20 -> 0.15 s per clip and step on two cores of an AMD
    EPYC. PyTorch is asked to use transparent huge pages too (``THP_MEM_ALLOC_ENABLE``, unless set).

    Call it before PyTorch's first large allocation: PyTorch reads that variable only once. It has
    no effect except on Linux with glibc (not with musl, nor on macOS or Windows).

    References:
        mallopt(3), M_MMAP_MAX and M_TRIM_THRESHOLD.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "gnu_get_libc_version"):
        return  # another C library: its mallopt, if any, means something else by these numbers
    libc.mallopt(_M_MMAP_MAX, 0)
    libc.mallopt(_M_TRIM_THRESHOLD, -1)  # -1: never; a number could not exceed 2 GiB, a C int
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
