"""Sealed sets with a signed manifest: written, read back, refused."""
