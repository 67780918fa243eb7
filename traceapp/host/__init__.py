"""What the service asks of the machine it runs on: private files, quiet memory, certificates, addresses it may call."""
