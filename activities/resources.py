"""What activities work with, handed in by the worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from channels.protocol import Channel
from channels.webhook_http import WebhookCaller
from content.links import Signer
from store.access.sealing import Seal
from store.database import Database
from store.journey.catalog import Catalog
from store.journey.live_templates import LiveTemplates


@dataclass(frozen=True)
class Resources:
    """`channels` by medium. `lease` is how long a claim holds: longer than any channel takes to answer, shorter than an
    attempt may last. `seal` opens named secrets. `wake` tells this process's router that a run has left something in the inbox."""

    db: Database
    catalog: Catalog
    signer: Signer
    webhooks: WebhookCaller
    public_url: str
    channels: Mapping[str, Channel] = field(default_factory=dict)
    lease: timedelta = timedelta(seconds=60)
    templates: LiveTemplates = field(default_factory=LiveTemplates)
    seal: Seal = field(default_factory=Seal)
    wake: Callable[[], None] = lambda: None
