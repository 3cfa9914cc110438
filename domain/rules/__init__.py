"""Rules about customers and events: one model, two evaluators (Python here, SQL in store) that must agree."""
