"""Wiring: settings, logging, servers of the one-command stack, connections."""
