"""MAX: channels and group chats administered by a bot, through the Bot API."""

from .client import MAXClient

__all__ = ["MAXClient"]
