"""What comes in: files, messages of source systems."""
