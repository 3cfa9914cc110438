"""How long the legs of the walk take, as Prometheus histograms.

They stand this low in the tree because routing and the activities measure them. `runtime/metrics.py` shows them.
"""

from prometheus_client import Histogram

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)

ACCEPT_TO_ROUTE = Histogram(
    "sojourn_accept_to_route_seconds", "From accepting an event to the commit that applied it", buckets=_BUCKETS
)
ROUTE_TO_START = Histogram(
    "sojourn_route_to_start_seconds", "From writing a command to Temporal's confirmation", buckets=_BUCKETS
)
DUE_TO_FIRED = Histogram(
    "sojourn_due_to_fired_seconds", "From the moment a wait was due to its run going on", buckets=_BUCKETS
)
CLAIM_TO_HANDED_OVER = Histogram(
    "sojourn_claim_to_handed_over_seconds", "From claiming a message to the provider taking it", buckets=_BUCKETS
)
