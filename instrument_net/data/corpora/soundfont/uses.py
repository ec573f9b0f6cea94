"""Banks -> which recordings sound in which presets that have a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from instrument_net.data.corpora.soundfont.bank import Bank
from instrument_net.data.corpora.soundfont.general_midi import named_program, program_name
from instrument_net.data.corpora.soundfont.stereo import StereoPairs, stereo_pairs
from instrument_net.data.corpora.soundfont.zones import Preset, Zone, presets_of, zones_of
from instrument_net.data.label_spelling import spelling_key
from instrument_net.data.label_table import LabelTable
from instrument_net.files import PassedOver


@dataclass(frozen=True)
class Use:
    """A recording in a preset.

    Attributes:
        file: The bank's file, below the folder that is read.
        preset: Where it sounds.
        program: What General MIDI calls the preset.
        label: What the table of programs calls it.
        zone: The first in which it sounds.
        velocities: Lowest and highest of all of these.
    """

    file: str
    preset: Preset
    program: str
    label: str
    zone: Zone
    velocities: tuple[int, int]

    @property
    def instrument(self) -> str:
        """Return the name of the preset among those of all banks."""
        return f"{self.file}:{self.preset.bank}:{self.preset.program}"


@dataclass
class Selection:
    """What is taken from banks.

    Attributes:
        uses: File and samples of a recording, the left channel first -> where it sounds.
        passed_over: Presets and samples that are left out, and links that are wrong.
    """

    uses: dict[tuple[str, tuple[int, ...]], list[Use]]
    passed_over: list[PassedOver]


def select(banks: Mapping[str, Bank], programs: LabelTable, numbers: Collection[int]) -> Selection:
    """Return the recordings of all presets that have a label.

    Args:
        banks: File -> its open bank.
        programs: Program, or ``file/program`` -> label; without one, a program is left out.
        numbers: Of the banks within each file that are read: 0 is General MIDI.

    Raises:
        ManifestError: If a preset leads to what its bank does not have.
    """
    selection = Selection({}, [])
    for file, bank in banks.items():
        pairs = stereo_pairs(bank)
        for n, kind in (
            (pairs.n_by_name, "stereo samples whose link is wrong: paired by their names"),
            (pairs.n_alone, "stereo samples whose link is wrong: taken as one channel"),
        ):
            if n:
                selection.passed_over.append(PassedOver(f"{file} ({n})", kind))
        others: Counter[int] = Counter()
        for preset in presets_of(bank):
            if preset.bank not in numbers:
                others[preset.bank] += 1
                continue
            _add(selection, programs, file, bank, preset, pairs)
        for number, n in sorted(others.items()):
            shown = f"{file}: bank {number} ({n} presets)"
            selection.passed_over.append(PassedOver(shown, "bank that data.banks does not name"))
    return selection


def _add(
    selection: Selection,
    programs: LabelTable,
    file: str,
    bank: Bank,
    preset: Preset,
    pairs: StereoPairs,
) -> None:
    """Add the recordings of one preset, if it has a label."""
    program = program_name(preset.bank, preset.program)
    label = _label(programs, file, program)
    if label is None:
        shown = f"{file}: {preset.bank}:{preset.program} {preset.name} ({program})"
        selection.passed_over.append(PassedOver(shown, f"preset that {programs.origin} drops"))
        return
    zones: dict[tuple[int, ...], list[Zone]] = {}
    for zone in zones_of(bank, preset):
        zones.setdefault(pairs.of(zone.sample), []).append(zone)
    for samples, where in zones.items():
        name = bank.name_of(samples[0])
        other = named_program(name)
        if other is not None and programs.name_of(other) != label:
            shown = f"{file}: {name} ({preset.program} {preset.name})"
            kind = "sample named after another instrument"
            selection.passed_over.append(PassedOver(shown, kind))
            continue
        velocities = min(z.velocities[0] for z in where), max(z.velocities[1] for z in where)
        use = Use(file, preset, program, label, where[0], velocities)
        selection.uses.setdefault((file, samples), []).append(use)


def _label(programs: LabelTable, file: str, program: str) -> str | None:
    of_bank = f"{Path(file).name}/{program}"
    named = {spelling_key(name) for name in programs.names}
    return programs.name_of(of_bank if spelling_key(of_bank) in named else program)
