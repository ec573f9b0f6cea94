"""The most confident mistakes of a test, to see and hear."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from torch.utils.tensorboard import SummaryWriter

from instrument_net.audio import AudioError
from instrument_net.data import load_clip
from instrument_net.frontend import FrontEnd
from instrument_net.monitoring.tensorboard import add_clip

_N_SHOWN = 8


def log_mistakes(writer: SummaryWriter, mistakes: pd.DataFrame, front_end: FrontEnd) -> None:
    """Add ``mistakes/<k>_<label>/{spectrogram,sound}`` to TensorBoard.

    Args:
        writer: Of the run.
        mistakes: Of a report, the most confident first; eight are shown, as far as
            their files can be read.
        front_end: Of the network that made them.
    """
    for k, (_, row) in enumerate(mistakes.head(_N_SHOWN).iterrows()):
        title = (
            f"{row['predicted']} ({row['confidence']:.0%}), true: {row['label']}\n"
            f"{Path(row['path']).name}"
        )
        try:
            waveform = load_clip(row, front_end)
        except AudioError:  # of a pack, the files may lie on another machine
            continue
        add_clip(writer, f"mistakes/{k}_{row['label']}", title, waveform, front_end)
