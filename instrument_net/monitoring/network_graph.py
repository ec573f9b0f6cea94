"""The graph of the network."""

from __future__ import annotations

import lightning

from instrument_net.classifier import InstrumentClassifier
from instrument_net.monitoring.tensorboard import tensorboard_writer


class NetworkGraph(lightning.Callback):
    """Show the graph of the network, without metrics and front end."""

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Add the graph."""
        writer = tensorboard_writer(trainer)
        if writer is None or not isinstance(pl_module, InstrumentClassifier):
            return
        example = tuple(part.to(pl_module.device) for part in pl_module.example_inputs())
        writer.add_graph(pl_module.network, example)
