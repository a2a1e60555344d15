"""One call of a bot: what came with it, checked as it is asked for."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from .errors import MaxError
from .world import channel_id

#: Messages a second in one chat.
PER_SECOND = 2
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Call:
    """What a method works with; `group` is the page whose bot calls."""

    place: object
    group: int
    query: dict
    body: dict
    limiter: object
    path: tuple = field(default=())

    def integer(self, name, default, least, most):
        """Return a whole number of the query within its limits."""
        text = self.query.get(name)
        if text in (None, "", "null"):
            return default
        try:
            number = int(text)
        except ValueError:
            raise MaxError(400, f"{name}: not a number") from None
        if not least <= number <= most:
            raise MaxError(400, f"{name}: {least} to {most}")
        return number

    def required(self, name):
        """Return a text of the query."""
        value = self.query.get(name, "")
        if not value:
            raise MaxError(400, f"{name} is required")
        return value

    def chat(self, chat_id):
        """Return `(number, dialogue or None)` of a chat that the bot may use."""
        try:
            number = int(chat_id)
        except ValueError:
            raise MaxError(400, "chat_id: not a number") from None
        if number == channel_id(self.group):
            return number, None
        dialog = self.place.state["dialogs"].get(str(number))
        if not dialog or dialog["group"] != self.group:
            raise MaxError(404, f"Chat {number} not found", "chat.not.found")
        if dialog.get("stopped"):
            raise MaxError(403, "User suspended bot", "dialog.suspended")
        return number, dialog


class Limiter:
    """Counts the messages sent to each chat."""

    def __init__(self):
        self._lock = threading.Lock()
        self._recent = {}

    def check(self, chat_id):
        """Count a message, or refuse it."""
        now = time.monotonic()
        with self._lock:
            recent = self._recent.setdefault(chat_id, deque())
            while recent and recent[0] <= now - 1:
                recent.popleft()
            if len(recent) >= PER_SECOND:
                raise MaxError(429)
            recent.append(now)
