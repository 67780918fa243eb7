"""A home and its store as one file, and back."""
