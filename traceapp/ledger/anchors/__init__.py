"""Places outside of the ledger's host where checkpoints are kept."""
