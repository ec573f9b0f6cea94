"""What every figure shares: axes, the spectrogram, PNG."""
