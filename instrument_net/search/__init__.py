"""Hyper-parameter search: trials, each a cross-validation with other settings."""
