"""The send ledger, and what comes back: reactions, reports of providers, texts."""
