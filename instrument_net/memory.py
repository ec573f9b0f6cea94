"""Let glibc keep the memory that a training step frees, for the next step to use again."""

import ctypes
import os
import sys

# <malloc.h>
_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4


def keep_freed_pages() -> None:
    """Make later allocations reuse freed pages, instead of asking the kernel for zeroed ones.

    The activations of a training step are many megabytes each. glibc gets such blocks by ``mmap``
    and hands them back when they are freed, so every step the kernel maps and zeroes some gigabytes
    anew, page by page. Without ``mmap`` and without trimming the heap keeps them (and the process
    keeps its largest size): measured 0.20 -> 0.15 s per clip and step on two cores of an AMD EPYC.
    PyTorch is also asked for transparent huge pages (``THP_MEM_ALLOC_ENABLE``, unless it is set).

    To be called before PyTorch's first large allocation: it looks at that variable only once. Does
    nothing on anything but Linux with glibc (musl, macOS, Windows).

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
