"""May it happen, and how much of it: pure answers over a document that only ever allows."""
