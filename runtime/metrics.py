"""Prometheus: what this process has measured and, where the database is at hand, what is waiting in it.

With PROMETHEUS_MULTIPROC_DIR set to one folder for all processes of a machine, as the one-command stack does, each of
them shows what all have measured. Elsewhere every worker has a port of its own (`serve_metrics`).
"""

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from store import timings
from store.metrics import Depths

assert timings  # registers the histograms, so that every process shows the same names

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _DepthsCollector(Collector):
    def __init__(self, depths: Depths | None) -> None:
        self._depths = depths

    def collect(self) -> Iterable[Metric]:
        reachable = GaugeMetricFamily("sojourn_database_up", "Whether the database answered this scrape")
        reachable.add_metric([], 1 if self._depths else 0)
        yield reachable
        if self._depths is None:
            return
        for name, help_text, value in (
            ("sojourn_inbox_events", "Accepted events that are not applied", self._depths.inbox),
            ("sojourn_inbox_age_seconds", "Age of the oldest of them", self._depths.inbox_age),
            ("sojourn_commands", "Commands that Temporal has not confirmed", self._depths.commands),
            ("sojourn_command_age_seconds", "Age of the oldest of them", self._depths.command_age),
            ("sojourn_commands_failing", "Those of them whose last delivery failed", self._depths.commands_failing),
        ):
            yield GaugeMetricFamily(name, help_text, value=value)
        yield _by("state", "sojourn_messages", "Rows of the send ledger", self._depths.messages)
        yield _by("status", "sojourn_runs", "Runs", self._depths.runs)


def _by(label: str, name: str, help_text: str, counts: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, f"{help_text} by {label}", labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def render(depths: Depths | None) -> bytes:
    """The page a scrape gets. Without `depths` it says that the database did not answer."""
    page = CollectorRegistry()
    page.register(_DepthsCollector(depths))
    return generate_latest(_measured()) + generate_latest(page)


def serve_metrics(port: int, host: str = "127.0.0.1") -> None:
    """Shows what this process has measured on a port of its own, in a daemon thread that ends with the process."""
    start_http_server(port, host, registry=_measured())


def _measured() -> CollectorRegistry:
    if SHARED_FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
