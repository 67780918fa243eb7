"""Policy, dictionary and alert rules: in force, proposed, changed."""
