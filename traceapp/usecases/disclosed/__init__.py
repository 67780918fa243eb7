"""What leaves of a record: its names, its properties, its state, and whether it is as it was written."""
