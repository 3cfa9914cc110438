"""Who may call, and who changed what."""
