"""A seed number in, the files that a plant would send out. Everything in them is made up."""
