"""The ledger: searched, verified, anchored, pruned."""
