"""A corpus that ``instrument_net.pack`` wrote, read batch by batch."""

from instrument_net.data.packed.datamodule import PackedDataModule

__all__ = ["PackedDataModule"]
