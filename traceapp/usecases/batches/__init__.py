"""One lot: found by its number, and shown with what is around it."""
