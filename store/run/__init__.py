"""Runs: entering, listening, progress, decisions, commands on their way to Temporal, the books."""
