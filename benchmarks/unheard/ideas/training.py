"""Idea, seed -> a trained network: the training of `best` as a plain loop, or more."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import pandas as pd
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import BatchSampler

from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.idea import Idea
from benchmarks.unheard.ideas.starts import Weights
from instrument_net.data.epoch import Epoch
from instrument_net.data.joined_notes import JoinedNotes
from instrument_net.learning.weight_averaging import exponential_average_
from instrument_net.models import Network
from instrument_net.progress import work_progress
from instrument_net.recognition.parts import build_parts
from instrument_net.runs.assembly import build_augmentation, build_front_end

_DECAY = 0.99  # of the average of the weights, as in `train`
_RATE_OF_MORE = 1e-3  # the highest, where training goes on; a third of the first one


def new_network(idea: Idea) -> Network:
    """Return the network of the recipe, as the idea changes it, with new weights."""
    config = idea.clips.config
    network = build_parts(
        idea.clips.class_names,
        network=OmegaConf.to_container(config.model, resolve=True),  # type: ignore[arg-type]
        front_end=build_front_end(config).settings,
    ).network
    idea.attach(network)
    return network


def train(idea: Idea, *, seed: int, start: Weights | None = None) -> Weights:
    """Return the average of the trained weights.

    Args:
        idea: What differs from the recipe.
        seed: Of weights, draws and augmentation.
        start: Weights from which training goes on, at a lower rate; ``None``: it begins anew. What
            an idea adds to the network begins anew in any case.
    """
    torch.manual_seed(seed)
    network, config = new_network(idea).train(), idea.clips.config
    if start is not None:
        network.load_state_dict({**network.state_dict(), **start})
    parameters = [*network.parameters(), *idea.modules.parameters()]
    rate = {} if start is None else {"lr": _RATE_OF_MORE}
    optimizer = instantiate(config.optimizer, **rate)(parameters)
    n_steps = config.trainer.max_epochs * steps_of_epoch(idea.clips)
    scheduler = instantiate(config.scheduler)(optimizer, n_steps)
    average = AveragedModel(
        network, multi_avg_fn=partial(exponential_average_, decay=_DECAY), use_buffers=True
    )
    with work_progress() as progress:
        bar = progress.add_task(f"{type(idea).__name__}, seed {seed}", total=n_steps)
        for rows, spectrograms in batches(idea):
            optimizer.zero_grad()

            def loss(rows: list[int] = rows, spectrograms: Tensor = spectrograms) -> Tensor:
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    return idea.loss(network, spectrograms, rows)

            idea.step(network, optimizer, loss)
            scheduler.step()
            average.update_parameters(network)
            progress.advance(bar)
    weights: Weights = average.module.state_dict()
    return weights


def batches(idea: Idea) -> Iterator[tuple[list[int], Tensor]]:
    """Yield every batch of a training: rows of the training split, and their spectrograms."""
    clips, config = idea.clips, idea.clips.config
    table, pictures = clips.train.table, clips.train.spectrograms
    augmentation = build_augmentation(config.augment).train()
    hop_s = build_front_end(config).hop_s
    joined = JoinedNotes(table, share=config.data.joined_notes, hop_s=hop_s)
    sampler = _epoch(clips).sampler()
    for _ in range(config.trainer.max_epochs):
        for rows in BatchSampler(sampler, config.data.batch_size, drop_last=False):
            phrases = joined.join(
                pictures[rows].float(), rows, lambda others: pictures[others].float()
            )
            yield rows, augmentation.augment_spectrograms(idea.styled(phrases, rows))


def steps_of_epoch(clips: Clips) -> int:
    """Return how many batches an epoch has."""
    batch_size: int = clips.config.data.batch_size
    return math.ceil(_epoch(clips).n_clips / batch_size)


def _epoch(clips: Clips) -> Epoch:
    data = clips.config.data
    table = clips.train.table
    origins = pd.DataFrame({"corpus": table["extra"], "source": table["source"]})
    shares = {str(k): float(v.share) for k, v in data.extra.items() if v.share is not None}
    return Epoch(clips.train.labels, origins, data.sampling, shares, data.epoch_clips)
