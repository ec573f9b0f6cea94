"""Checkpoint -> waveform in, named probabilities out."""
