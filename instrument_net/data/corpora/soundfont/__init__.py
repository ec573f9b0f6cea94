"""SoundFonts (SF2, SF3): the samples of a bank as labelled clips, without a synthesiser.

Format: SoundFont Technical Specification 2.04; SF3 is the same with samples as Ogg Vorbis.
"""

from instrument_net.data.corpora.soundfont.corpus import SoundFontCorpus

__all__ = ["SoundFontCorpus"]
