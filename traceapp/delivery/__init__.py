"""The outbound wire: what leaves the house by itself, to hosts that the administrator named."""
