"""The benchmarks, in the order in which they run."""

NAMES = (
    *("single_events", "batches", "routing", "event_to_mail", "reference_journey"),
    *("burst", "capacity", "email", "reports", "backtest", "scenarios", "trials"),
)
