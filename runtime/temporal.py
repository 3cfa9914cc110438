"""The connection to Temporal: one client per process, with our data converter."""

from dataclasses import replace

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from runtime.codec import JourneyCodec
from runtime.settings import Settings


def data_converter(settings: Settings) -> DataConverter:
    """pydantic models as JSON, compressed, sealed when a key is set."""
    key = settings.encryption_key.get_secret_value() if settings.encryption_key else None
    return replace(pydantic_data_converter, payload_codec=JourneyCodec(key))


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """A client. `lazy`: connects at the first call, so that a process can start while Temporal is down."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        api_key=settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None,
        tls=settings.temporal_tls or settings.temporal_api_key is not None,
        data_converter=data_converter(settings),
        lazy=lazy,
    )
