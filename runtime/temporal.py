"""The connection to Temporal: one client per process, with our data converter."""

from typing import Any

from pydantic_core import to_json
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)

from runtime.codec import JourneyCodec
from runtime.settings import Settings


class SparseJson(PydanticJSONPlainPayloadConverter):
    """pydantic models as JSON without what is None: a field that a release adds, and does not use yet, is not seen by the one
    before, which refuses what it does not know."""

    def to_payload(self, value: Any) -> Payload:
        return Payload(metadata={"encoding": self.encoding.encode()}, data=to_json(value, exclude_none=True))


class Payloads(CompositePayloadConverter):
    """Temporal's usual converters, with `SparseJson` for JSON."""

    def __init__(self) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(SparseJson() if isinstance(one, JSONPlainPayloadConverter) else one for one in usual))


def data_converter(settings: Settings) -> DataConverter:
    """pydantic models as JSON, compressed, sealed when a key is set."""
    key = settings.encryption_key.get_secret_value() if settings.encryption_key else None
    return DataConverter(payload_converter_class=Payloads, payload_codec=JourneyCodec(key))


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
