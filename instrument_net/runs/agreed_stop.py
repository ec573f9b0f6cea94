"""SIGTERM while several processes train: all of them stop behind the same step."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import lightning

from instrument_net.learning.over_processes import largest

_GO_ON, _WRITE, _STOP = range(3)


class AgreedStop:
    """Asks all processes behind a step whether one of them was told to end.

    Lightning answers SIGTERM within the handler of the signal, by an operation of all processes,
    in whatever other such operation they are: they would wait for each other for ever. So the
    handler only takes a note here. One process keeps Lightning's way.
    """

    def __init__(self) -> None:
        self._told = False

    def listen(self, trainer: lightning.Trainer) -> None:
        """Take the place of Lightning's handler, which it restores when training ends."""
        if trainer.world_size > 1 and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._take_note)

    def is_asked(self, trainer: lightning.Trainer) -> bool:
        """Return whether this process was told to end."""
        return self._told or trainer.received_sigterm

    def agree(self, trainer: lightning.Trainer, *, write: bool) -> tuple[bool, bool]:
        """Return whether to write a checkpoint and whether to stop: the same in all processes.

        Args:
            trainer: Of this process. Every process has to ask.
            write: Whether the last checkpoint is old, by the clock of this process.
        """
        wanted = _STOP if self.is_asked(trainer) else _WRITE if write else _GO_ON
        agreed = largest(wanted, trainer.strategy.root_device)
        return agreed >= _WRITE, agreed == _STOP

    def _take_note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._told = True
