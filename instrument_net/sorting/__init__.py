"""Classified files -> folders named after their classes, and all of it undone."""
