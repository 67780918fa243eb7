"""Clock in, use case called: what the service does by itself."""
