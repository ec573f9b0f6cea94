"""One idea on one network: what it predicted, and the weights it did so with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.unheard.ideas.clips import Clips, Part
from benchmarks.unheard.ideas.idea import Idea
from benchmarks.unheard.ideas.starts import Weights
from benchmarks.unheard.ideas.training import new_network, train
from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions
from instrument_net.files import written_atomically
from instrument_net.models import Network

_WEIGHTS = "weights.pt"


@dataclass(frozen=True)
class Attempt:
    """An idea that trains a network further or anew, or tests it in another way.

    A folder is known by the configuration, not by the code of the idea: after a change of the code,
    delete the folder of the idea.

    Attributes:
        name: Of the idea.
        idea: Its kind.
        folder: Of this attempt.
        seed: Of what training draws.
        start: Weights that are tested, or from which training goes on; ``None``: it begins anew.
        others: Of all networks at hand, which may teach.
    """

    name: str
    idea: type[Idea]
    folder: Path
    seed: int
    start: Weights | None
    others: Sequence[Weights] = ()

    @property
    def network(self) -> str:
        """Name of the network that is tested or trained further, or of the seed."""
        return self.folder.name.partition("_fold_")[0]

    def is_done(self, clips: Clips) -> bool:
        """Return whether there is nothing left to run."""
        return all(self._table(condition).is_file() for condition in clips.tested)

    def run(self, clips: Clips) -> None:
        """Train, if the idea trains, and test; nothing, where that is done.

        Args:
            clips: Of the fold.

        Raises:
            InputError: If the network that it tests is not there.
        """
        if self.is_done(clips):
            return
        idea = self.idea(clips)
        network = new_network(idea)
        network.load_state_dict(self._weights(idea))
        network.eval()
        self.folder.mkdir(parents=True, exist_ok=True)
        for condition, part in clips.tested.items():
            with torch.inference_mode():
                probabilities = idea.probabilities(network, part)
            predictions = _predictions(part, probabilities)
            with written_atomically(self._table(condition)) as path:
                predictions.table().to_csv(path)

    def predictions(self, condition: str) -> Predictions:
        """Return what the finished attempt predicted under a condition."""
        return Predictions.from_csv(self._table(condition))

    def _weights(self, idea: Idea) -> Mapping[str, torch.Tensor]:
        """Return those of the network that the idea tests, trained first if it trains."""
        if not idea.trains:
            if self.start is None:
                raise InputError(f"{self.name} trains nothing: leave out --from-scratch")
            return self.start
        kept = self.folder / _WEIGHTS
        if not kept.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            idea.learn_from([self._teacher(idea, weights) for weights in self.others])
            with written_atomically(kept) as path:
                torch.save(train(idea, seed=self.seed, start=self.start), path)
        weights: Weights = torch.load(kept, weights_only=True)
        return weights

    def _teacher(self, idea: Idea, weights: Weights) -> Network:
        network = new_network(Idea(idea.clips))
        network.load_state_dict(weights)
        return network.eval()

    def _table(self, condition: str) -> Path:
        return self.folder / f"{condition.replace(' ', '_')}.csv"


def _predictions(part: Part, probabilities: torch.Tensor) -> Predictions:
    return Predictions(part.table, probabilities.float(), part.class_names)
