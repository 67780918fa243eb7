"""Persons and their tokens."""
