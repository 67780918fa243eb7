"""Keys, envelopes, blind index, source archive: what a stolen disk must not say."""
