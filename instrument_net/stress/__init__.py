"""Recogniser and test clips -> its scores on the same clips, recorded worse or cut shorter."""
