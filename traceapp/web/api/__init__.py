"""The HTTP API: one blueprint per noun, registered by `app.py`."""
