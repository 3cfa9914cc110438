"""Tests: same folder names as the code."""
