"""traceapp: forward and backward recall traversals that are complete, confidential and recorded."""

__version__ = "0.1.0"
