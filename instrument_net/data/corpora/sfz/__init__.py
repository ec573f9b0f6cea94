"""Sample libraries in the SFZ format: text files that say which recording is which note."""

from instrument_net.data.corpora.sfz.corpus import SfzCorpus

__all__ = ["SfzCorpus"]
