"""The allocator keeps freed memory; observed from outside, in a process of its own."""

import ctypes
import json
import os
import subprocess
import sys

import pytest

from instrument_net import memory

PAGES_OF_64_MIB = 64 * 2**20 // os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
HAS_GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "gnu_get_libc_version")

COUNT_PAGES_OF_SECOND_ALLOCATION = """
import json, os, resource, sys
from instrument_net.memory import keep_freed_pages
if {call}:
    keep_freed_pages()
def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = bytearray(64 * 2**20)
    block[::4096] = bytes([1]) * (len(block) // 4096)
    assert sum(block[::4096]) == 16384
    del block
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
pages = [new_pages() for _ in range(3)]
print(json.dumps([pages, "torch" in sys.modules, os.environ.get("THP_MEM_ALLOC_ENABLE")]))
"""


def run(call, **environment):
    inherited = {k: v for k, v in os.environ.items() if k != "THP_MEM_ALLOC_ENABLE"}
    result = subprocess.run(
        [sys.executable, "-c", COUNT_PAGES_OF_SECOND_ALLOCATION.format(call=call)],
        capture_output=True,
        text=True,
        check=True,
        env=inherited | environment,
    )
    return json.loads(result.stdout)


@pytest.mark.skipif(not HAS_GLIBC, reason="mallopt's options are glibc's")
def test_a_second_allocation_gets_no_new_pages():
    without, _, _ = run(call=False)
    assert min(without) > 0.9 * PAGES_OF_64_MIB  # else the next line would prove nothing
    pages, torch_imported, huge_pages = run(call=True)
    assert max(pages[1:]) < 0.01 * PAGES_OF_64_MIB
    assert not torch_imported
    assert huge_pages == "1"


@pytest.mark.skipif(not HAS_GLIBC, reason="mallopt's options are glibc's")
def test_a_choice_about_huge_pages_is_respected():
    assert run(call=True, THP_MEM_ALLOC_ENABLE="0")[2] == "0"


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_nothing_happens_on_other_systems(monkeypatch, platform):
    monkeypatch.setattr(memory.sys, "platform", platform)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: pytest.fail("looked for a C library"))
    monkeypatch.delenv("THP_MEM_ALLOC_ENABLE", raising=False)
    memory.keep_freed_pages()
    assert "THP_MEM_ALLOC_ENABLE" not in os.environ


def test_nothing_happens_with_another_c_library(monkeypatch):
    class Musl:  # has neither gnu_get_libc_version nor mallopt
        pass

    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: Musl())
    monkeypatch.delenv("THP_MEM_ALLOC_ENABLE", raising=False)
    memory.keep_freed_pages()
    assert "THP_MEM_ALLOC_ENABLE" not in os.environ
