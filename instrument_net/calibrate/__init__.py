"""A cross-validation of unseen sources -> how sure a checkpoint may be of such sources."""
