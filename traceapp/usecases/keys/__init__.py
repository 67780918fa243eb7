"""Keys, and the sweep of what they sealed."""
