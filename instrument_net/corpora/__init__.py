"""The published corpora: what is known of them, their download, what is missing of a copy."""
