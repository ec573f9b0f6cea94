"""Checkpoint and files -> a vector a file, and the files that are nearest to one."""
