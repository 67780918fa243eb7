"""The data dictionary: every kind and property, in both languages, with its tier. What is not in it is refused."""
