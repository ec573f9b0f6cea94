"""Predictions as leave-one-source-out makes them: each source with a confusion of its own."""

import pandas as pd
import torch

from instrument_net.evaluation import Predictions


def pooled_sources(n_sources=12, n_clips=40, n_classes=5, *, sharpness=3.0, seed=0):
    """Return predictions of an overconfident network: right as often as softmax(logits) says,
    but stated with logits that are ``sharpness`` times as large."""
    generator = torch.Generator().manual_seed(seed)
    total = n_sources * n_clips
    source = torch.arange(total) % n_sources
    names = tuple(f"class {k}" for k in range(n_classes))
    of_source = 0.3 * torch.randn(n_sources, n_classes, generator=generator)
    logits = 1.5 * torch.randn(total, n_classes, generator=generator) + of_source[source]
    labels = torch.multinomial(logits.softmax(dim=1), 1, generator=generator)[:, 0]
    clips = pd.DataFrame(
        {
            "path": [f"{k}.wav" for k in range(total)],
            "label": [names[k] for k in labels],
            "source": [f"source {k:02}" for k in source],
        }
    )
    return Predictions(clips, (sharpness * logits).softmax(dim=1), names)
