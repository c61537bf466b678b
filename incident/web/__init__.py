"""The edges that people and programs speak to: pages, the API, live connections.

No rule of incidents lives here; whatever arrives becomes a command and whatever leaves is rendered.
"""
