"""A messy library, and all that is to be as it was in a tree."""

import os
import random
from pathlib import Path

LABELS = ("flute", "harp", "silent", "unsure")
NAMES = (
    "a4.wav", "A4.WAV", "käse 弦.flac", "take 1.2.wav", "no ending", ".wav", "a\nb.wav",
    "caf\udce9.wav", "[b]x.aif", "-rf.wav", "x" * 240 + ".wav", "a4 (2).wav",
)  # fmt: skip


def write_messy(root, n, seed=0):
    """Write files of many names, times, modes and sizes; return them with the folder of each."""
    draw = random.Random(seed)
    placings = []
    for k in range(n):
        folder = root / draw.choice(["", "b", "b/c d", "é", "flute"]) / str(k // len(NAMES))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / NAMES[k % len(NAMES)]
        path.write_bytes(draw.randbytes(draw.choice([1, 100, 70_000])))
        path.chmod(draw.choice([0o644, 0o444, 0o600]))
        os.utime(path, ns=(10**18, draw.randrange(10**18)))
        placings.append((path, draw.choice(LABELS)))
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        os.utime(folder, ns=(10**18, draw.randrange(10**18)))
    return placings


def tree(root):
    """Return path -> all that is to be as it was: kind, content, rights, time of change."""
    found = {}
    for path in [root, *root.rglob("*")]:
        facts = path.lstat()
        content = None
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        found[path.relative_to(root)] = (content, facts.st_mode, facts.st_mtime_ns)
    return found


def only(path):
    """Return the only undo file in a folder."""
    (undo_file,) = Path(path).glob("undo_*.jsonl")
    return undo_file
