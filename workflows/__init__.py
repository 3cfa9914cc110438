"""Deterministic: wait, feed the engine, call activities. No rule of its own, and nothing here can reach IO."""
