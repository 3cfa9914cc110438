"""The documents that are written from the results: docs/performance.md and docs/capacity.md."""
