"""Nouns and their laws. Pure: clock, randomness and I/O come as arguments."""
