"""Corpora that others have published: each is read by its name, with its official split."""
