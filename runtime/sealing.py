"""How this installation keeps named secrets."""

from runtime.codec import key_bytes
from runtime.settings import Settings
from store.access.sealing import Seal


def seal_of(settings: Settings) -> Seal:
    """Raises InvalidInput for an encryption key that is none."""
    key = settings.encryption_key
    return Seal(key_bytes(key.get_secret_value()) if key else None)
