"""Corpus -> chunks of 16-bit clips with their table, in a folder or an object store."""
