"""The University of Iowa's samples: single notes, and chromatic runs that are cut into notes."""
