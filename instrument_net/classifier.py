"""The LightningModule: network, loss, Adam and what is logged about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import lightning
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler
from torchmetrics import MetricCollection
from torchmetrics.classification import MulticlassConfusionMatrix

from instrument_net.audio import AudioError
from instrument_net.data.resumable_batches import batches_of
from instrument_net.learning.auxiliary import AuxiliaryOutputs
from instrument_net.learning.loss import LogBase
from instrument_net.learning.mean_loss import MeanLoss
from instrument_net.learning.metrics import classification_metrics
from instrument_net.learning.optimizer import spec_adam
from instrument_net.learning.over_processes import of_the_whole_batch, share_buffers
from instrument_net.learning.schedule import constant
from instrument_net.learning.training_loss import TrainingLoss
from instrument_net.models import FeatureScaling, averaged
from instrument_net.recognition.certainty import Certainty
from instrument_net.recognition.checkpoint import (
    check_weights,
    network_weights,
    read_checkpoint,
    refusals_naming,
    settings_of,
)
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.named_checkpoint import checkpoint_file
from instrument_net.recognition.parts import build_parts
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.recognition.weights_file import is_weights_file

OptimizerFactory = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]
SchedulerFactory = Callable[[torch.optim.Optimizer, int], LRScheduler]
Batch = tuple[Tensor, Tensor, Tensor]
_STAGES = ("train", "validation", "test")


class InstrumentClassifier(lightning.LightningModule):
    """Recognise the instrument from (spectrogram, features).

    Everything that is needed to classify a file again is a plain value in the checkpoint's
    hyper-parameters, or a tensor in its weights: no class is imported by a name found in a file.

    Args:
        class_names: Label of each output, in order.
        network: ``name`` of the network (a key of ``instrument_net.models.NETWORKS``) and its
            options; default: the two-branch network.
        front_end: Settings of the front end; default: those of the 560 x 256 front end.
        log_base: Base of the logarithm in the loss (spec eq. 17 has 10); it only rescales.
        label_smoothing: Of the training loss, see
            :func:`~instrument_net.learning.loss.cross_entropy`; validation and test losses are
            measured without it.
        class_weights: Of the loss of training, one number a class, likewise.
        auxiliary_classes: Learnt beside the others and no outputs; their labels are the last.
        optimizer: Parameters -> optimizer, of which checkpoints have the state; default: Adam.
        scheduler: (Optimizer, steps of the run) -> schedule, stepped once a batch; default: none.

    Raises:
        ValueError: If the network's name or an option is unknown, there are fewer than two class
            names or one stands twice, an option of the loss is unknown or not in 0 to 1, or
            the class weights are not one a class and above 0.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        *,
        network: Mapping[str, Any] | None = None,
        front_end: Mapping[str, Any] | None = None,
        log_base: LogBase = "e",
        label_smoothing: float = 0.0,
        class_weights: Sequence[float] | None = None,
        auxiliary_classes: Sequence[str] = (),
        optimizer: OptimizerFactory = spec_adam,
        scheduler: SchedulerFactory = constant,
    ) -> None:
        super().__init__()
        parts = build_parts(class_names, network=network, front_end=front_end)
        # Plain containers only: the checkpoint is read with weights_only=True.
        self.save_hyperparameters(
            {
                **parts.settings,
                "log_base": log_base,
                "label_smoothing": label_smoothing,
                "class_weights": None if class_weights is None else list(class_weights),
                "auxiliary_classes": list(auxiliary_classes),
            },
            logger=False,  # `train` logs the whole configuration instead
        )
        self.front_end = parts.front_end
        self.class_names = tuple(class_names)
        self.certainty: Certainty | None = None  # of other weights, it would mean nothing
        self.network = parts.network
        self.auxiliary = AuxiliaryOutputs(parts.network, len(auxiliary_classes))
        self.loss = TrainingLoss(
            len(class_names) + len(auxiliary_classes),
            log_base=log_base,
            label_smoothing=label_smoothing,
            class_weights=class_weights,
        )
        self._optimizer, self._scheduler = optimizer, scheduler
        metrics = classification_metrics(len(class_names))
        self.metrics = nn.ModuleDict(
            {f"{stage}_metrics": metrics.clone(prefix=f"{stage}/") for stage in _STAGES}
        )
        self.losses = nn.ModuleDict({f"{stage}_loss": MeanLoss() for stage in _STAGES})
        self.confusion = MulticlassConfusionMatrix(len(class_names), validate_args=False)
        self.example_input_array = self.example_inputs()

    @classmethod
    def load_from_checkpoint(  # type: ignore[override]
        cls,
        checkpoint_path: str | Path,
        map_location: Any = None,
        **options: Any,
    ) -> Self:
        """Return the classifier that a checkpoint holds, in evaluation mode.

        ``checkpoint_path`` may be whatever :meth:`Recogniser.from_checkpoint` takes. The file is
        read as tensors and plain values only (``weights_only=True``): it cannot run code.

        Raises:
            CheckpointError: If the file is missing, damaged, holds anything but tensors and plain
                values, is no checkpoint of this project, or its network was trained on other
                features than this version computes.
        """
        path = checkpoint_file(checkpoint_path)
        content = read_checkpoint(path)
        settings = settings_of(content, path)
        with refusals_naming(path):
            if is_weights_file(path):
                loaded = cls(**{**settings, **options}).to(map_location)
                loaded.network.load_state_dict(network_weights(content))
            else:
                loaded = super().load_from_checkpoint(
                    path,
                    map_location=map_location,
                    **{**settings, **options, "weights_only": True},
                )
            check_weights(loaded.network, path)
            loaded.certainty = Certainty.kept_in(content)
        return loaded.eval()

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return logits ``(batch, n_classes)``; softmax makes probabilities of them (eq. 15)."""
        logits: Tensor = self.network(spectrogram, features)
        return logits

    def example_inputs(self) -> tuple[Tensor, Tensor]:
        """Return one silent clip's spectrogram and features, on the CPU."""
        return (
            torch.zeros(1, *self.front_end.spectrogram_shape),
            torch.zeros(1, len(self.front_end.feature_names)),
        )

    def predict_file(self, path: str | Path, *, top: int | None = None) -> dict[str, float]:
        """Return class -> probability of an audio file, the most probable first.

        Args:
            path: Any file that :func:`instrument_net.audio.load_waveform` reads. A long one is cut
                into windows, whose probabilities are averaged.
            top: How many classes; default: all, whose probabilities sum to 1.

        Raises:
            AudioError: If the file cannot be read or is silent; with its name and the reason.

        >>> classifier = InstrumentClassifier.load_from_checkpoint("best.ckpt")
        >>> probabilities = classifier.predict_file("clip.wav")
        >>> sorted(probabilities), round(sum(probabilities.values()), 3)
        (['flute', 'oboe'], 1.0)
        """
        recogniser = Recogniser(self.front_end, self.network.eval(), self.class_names)
        recogniser.certainty = self.certainty
        (result,) = predict_files(recogniser, [path])
        if result.problem is not None:
            raise AudioError(result.problem)
        return dict(result.ranking(top))

    def fit_feature_scaling(self, mean: Tensor, std: Tensor) -> None:
        """Standardise features by the training split's statistics, ``(n_features,)`` each."""
        for module in self.network.modules():
            if isinstance(module, FeatureScaling):
                module.fit(mean, std)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Return the loss of one batch (spec eq. 17, averaged), of an ensemble its members' mean.

        Labels are classes ``(batch,)`` or, of mixed clips, probabilities ``(batch, n_classes)``.
        """
        batches = batches_of(getattr(self._trainer, "train_dataloader", None))
        n_clips = batches.n_clips(batch_idx) if batches else len(batch[1])
        counts = not batches or batches.n_own(batch_idx) > 0  # else a clip to take the step with
        return self._step("train", batch, n_clips, counts=counts)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Measure one batch of the validation split."""
        self._step("validation", batch)

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Measure one batch of the test split."""
        self._step("test", batch)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Return the optimizer over all parameters, with its schedule over the trainer's run."""
        optimizer = self._optimizer(self.parameters())
        scheduler = self._scheduler(optimizer, int(self.trainer.estimated_stepping_batches))
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def _step(self, stage: str, batch: Batch, n_clips: int = 0, *, counts: bool = True) -> Tensor:
        spectrogram, features, label = batch  # this process' share, of n_clips if it is not all
        if stage == "train":  # members of an ensemble learn alone: each has its own loss
            answers = self.auxiliary.answers(self.network, spectrogram, features)
            losses = [self.loss(answer, label) for answer in answers]
            logits, loss = averaged(answers), torch.stack(losses).mean()
            loss = of_the_whole_batch(loss, counts * self.loss.weight_of(label))
        else:
            logits = self(spectrogram, features)
            loss = self.loss.unweighted(logits, label)
        metrics = cast("MetricCollection", self.metrics[f"{stage}_metrics"])
        if label.ndim == 2:  # a mixture counts as the class of its larger share
            label = label.argmax(dim=1)
        if stage == "train":
            logits, label = self.auxiliary.without(logits, label)
        if counts and len(label):
            metrics.update(logits, label)
        if stage == "validation":
            self.confusion.update(logits, label)
        mean = cast("MeanLoss", self.losses[f"{stage}_loss"])
        mean.update(loss.detach(), n_clips or len(features))
        self.log(f"{stage}/loss", mean, on_step=False, on_epoch=True, batch_size=len(features))
        self.log_dict(metrics, on_step=False, on_epoch=True, batch_size=len(features))
        return loss

    def on_validation_epoch_start(self) -> None:
        """Reset the confusion matrix of the last validation; validate what would be kept."""
        self.confusion.reset()
        share_buffers(self.network)  # in training, each process has statistics of its own batches
