"""Strangers' bytes in, domain events and rejected rows out."""
