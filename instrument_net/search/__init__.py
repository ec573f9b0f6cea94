"""Choosing hyper-parameters: trials, each a cross-validation with other settings."""
