"""The audit trail: a single-writer process with its own files, and the client that waits until a record is durable."""
