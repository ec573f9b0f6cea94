"""The model card of weights: what they are, how good they are, and what their sources ask for."""
