"""What every picture shares: axes, the spectrogram, PNG."""
