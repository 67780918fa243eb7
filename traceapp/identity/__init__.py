"""Who is it: passwords and tokens."""
