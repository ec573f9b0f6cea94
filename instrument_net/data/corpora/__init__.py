"""Where clips come from: one file per corpus, each of which reads into a manifest."""

from instrument_net.data.corpora.corpus import Corpus
from instrument_net.data.corpora.folder import FolderCorpus
from instrument_net.data.corpora.synthetic import SyntheticCorpus
from instrument_net.data.corpora.table import ManifestCorpus

__all__ = ["Corpus", "FolderCorpus", "ManifestCorpus", "SyntheticCorpus"]
