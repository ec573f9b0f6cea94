"""Configuration -> a run: its parts, its training, what it ends with, its folds."""
