"""The terminal: parse, call, print. One file per command group."""

from traceapp.cli.commands import main

__all__ = ["main"]
