"""The recipes that are compared: settings of ``train``, each an idea against ``best``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BEST = "best"


@dataclass(frozen=True)
class Recipe:
    """One idea.

    Attributes:
        question: What its row answers.
        overrides: What differs from ``+experiment=best`` with banks, as on a command line.
        extra: Name of each extra corpus -> its share of an epoch; ``None``: drawn from as one of
            the sources.
    """

    question: str
    overrides: Sequence[str] = ()
    extra: Sequence[tuple[str, float | None]] = (("soundfont", None),)


_WAVEFORM = ["augment=light", "data.views=8"]
_ALL_PROGRAMS = "data.extra.soundfont.programs=general_midi_all"

RECIPES: dict[str, Recipe] = {
    BEST: Recipe("the configuration itself"),
    "no_banks": Recipe("recordings alone", extra=()),
    "banks_25": Recipe("banks at a quarter of the draws", extra=[("soundfont", 0.25)]),
    "banks_50": Recipe("banks at half of the draws", extra=[("soundfont", 0.5)]),
    "auxiliary": Recipe(
        "other programs of the banks learnt beside, banks at half of the draws",
        ["data.extra_classes=auxiliary", _ALL_PROGRAMS], [("soundfont", 0.5)],
    ),
    "further": Recipe(
        "other programs of the banks as outputs, banks at half of the draws",
        ["data.extra_classes=all", _ALL_PROGRAMS], [("soundfont", 0.5)],
    ),
    "orchestra": Recipe(
        "synthetic instruments, too", extra=[("soundfont", 0.3), ("orchestra", 0.3)]
    ),
    "only_orchestra": Recipe("synthetic instruments instead of banks", extra=[("orchestra", 0.5)]),
    "shuffled": Recipe("clips drawn as they come", ["data.sampling=shuffled"]),
    "class_balanced": Recipe("classes drawn equally", ["data.sampling=class_balanced"]),
    "waveform_views": Recipe("waveforms changed instead of spectrograms", _WAVEFORM),
    "speed": Recipe(
        "other pitches of the waveform, too",
        ["augment.speed.probability=0.7", "augment.speed.semitones=[-3,3]", "data.views=6"],
    ),
    "no_phrases": Recipe("notes not put together to phrases", ["data.joined_notes=0"]),
    "rooms": Recipe(
        "other rooms, too",
        ["augment.reverberation.probability=0.5", "augment.reverberation.rt60_s=[0.1,0.6]",
         "augment.reverberation.direct_to_reverberant_db=[0,20]", "data.views=6"],
    ),
    "strong": Recipe(
        "stronger changes",
        ["augment.band_equaliser.deviation_db=6", "augment.noise_floor.probability=0.5",
         "augment.frame_crop.probability=0.5", "augment.band_shift.max_bins=2",
         "augment.time_masks.probability=1", "augment.frequency_masks.max_bins=12"],
    ),
    "no_equaliser": Recipe("without the equaliser", ["augment.band_equaliser.probability=0"]),
    "no_crop": Recipe("without cutting sounds", ["augment.frame_crop.probability=0"]),
    "no_shift": Recipe("without another pitch", ["augment.band_shift.probability=0"]),
    "short": Recipe("half of the steps", ["trainer.max_epochs=5"]),
    "long": Recipe("twice the steps", ["trainer.max_epochs=20"]),
    "narrow": Recipe("half of the filters", ["model.filters=8"]),
    "wide": Recipe("half as many filters again", ["model.filters=24"]),
    "three": Recipe("three networks averaged", ["model.n_members=3"]),
    "features": Recipe("the 20 features, too", ["model.fusion=gated"]),
    "one_band": Recipe("blind to frequency after the convolutions", ["model.frequency_bands=1"]),
    "top_80_db": Recipe("80 dB instead of 60", ["frontend.spectrogram.top_db=80"]),
    "fine_time": Recipe("frames of 23 ms", ["frontend.spectrogram.hop_length=1024"]),
    "fine_mel": Recipe(
        "160 mel bands of a transform of 8,192 samples: finer below 1 kHz",
        ["frontend.spectrogram.n_mels=160", "frontend.spectrogram.n_fft=8192"],
    ),
    "constant_q": Recipe(
        "24 bins an octave instead of mel bands",
        ["frontend=cqt", "~frontend.spectrogram.n_fft"],
    ),
    "pcen": Recipe(
        "PCEN instead of decibel, and so no change of levels",
        ["frontend.spectrogram.scale=pcen", "augment.band_equaliser.probability=0",
         "augment.band_low_pass.probability=0", "augment.frame_crop.probability=0",
         "augment.noise_floor.probability=0"],
    ),
    "no_smoothing": Recipe("without label smoothing", ["loss.label_smoothing=0"]),
    "unaveraged": Recipe("weights as they are, not averaged", ["callbacks=default"]),
}  # fmt: skip
