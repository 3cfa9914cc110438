"""Servers for long lives."""

from tests.fixtures.clocks import hasty_temporal, skipping_temporal, skipping_time

__all__ = ["hasty_temporal", "skipping_temporal", "skipping_time"]
