"""Alerts: raised, listed, acknowledged, silenced."""
