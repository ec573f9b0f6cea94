"""Checkpoint -> a page in the browser that names the instrument of a dropped or recorded sound."""
