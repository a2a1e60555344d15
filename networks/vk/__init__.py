"""VKontakte: community pages through the API 5.199 and the Bots Long Poll."""

from .client import VKClient

__all__ = ["VKClient"]
