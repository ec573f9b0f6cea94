"""Checkpoint -> a page in the browser that classifies a dropped or recorded sound."""
