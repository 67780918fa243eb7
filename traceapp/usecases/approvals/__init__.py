"""What happens only after others agreed."""
