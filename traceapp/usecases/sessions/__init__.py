"""Coming in, staying in, seeing more for an hour."""
