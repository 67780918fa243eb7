"""Electronic signatures: given, listed, verified."""
