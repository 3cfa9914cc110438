"""Tests of domain/explain."""
