"""A reader that yields a window a file, and misbehaves where the file's name says so."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from instrument_net.audio import AudioError
from instrument_net.recognition.file_windows import Length, Notes, Window


@dataclass(frozen=True)
class UnrulyReader:
    """Picklable: it works in processes of its own."""

    folder: Path

    def parts(self, path):
        yield Length(1.0)
        yield Window(0.0, np.full(4, float(path.stem)), None)
        if path.suffix == ".hangs":
            time.sleep(1_000)
        if path.suffix == ".dies":
            os._exit(7)
        if path.suffix == ".dies_once" and not (self.folder / "died").exists():
            (self.folder / "died").touch()
            os._exit(7)
        if path.suffix == ".bad":
            raise AudioError(f"{path}: no audio")
        yield Window(1.0, np.full(4, float(path.stem)), None)
        yield Notes(("noted",))
