"""Private messages between a page and people."""

from .errors import WorldError
from .vk import events


class Private:
    """Conversations of the pages; a part of World."""

    def add_message(
        self, group_id, peer_id, text, files=(), date=None, out=False, random_id=0
    ):
        """Write in the conversation of a page with a person; returns the record.

        `out`: the page writes; otherwise the person does.
        """
        with self.lock:
            text = self._text(text, files)
            group = self.group(group_id)
            peer_id = self.user(peer_id)["id"]
            talk = group["conversations"].setdefault(
                str(peer_id), {"in_read": 0, "out_read": 0, "messages": []}
            )
            # Numbers of deleted messages are not used again.
            talk["next_number"] = talk.get("next_number", len(talk["messages"])) + 1
            message = {
                "id": group["next_message"],
                "conversation_message_id": talk["next_number"],
                "peer_id": peer_id,
                "out": out,
                "date": self.now() if date is None else date,
                "edited": None,
                "text": text,
                "files": list(files),
                "random_id": random_id,
            }
            group["next_message"] += 1
            talk["messages"].append(message)
            # Who writes has read what was written to them before.
            talk["in_read" if out else "out_read"] = message["id"]
            kind = "message_reply" if out else "message_new"
            events.message(self, group, message, kind)
            self.changed()
            return message

    def find_message(self, group_id, message_id):
        """Return the private message `message_id` of a page, or None."""
        for talk in self.group(group_id)["conversations"].values():
            for message in talk["messages"]:
                if message["id"] == int(message_id):
                    return message
        return None

    def message(self, group_id, message_id):
        """Return the private message `message_id` of a page."""
        found = self.find_message(group_id, message_id)
        if not found:
            raise WorldError("Нет такого сообщения")
        return found

    def edit_message(self, group_id, message_id, text, files=None):
        """Change the words (and pictures) of a private message; returns the record."""
        with self.lock:
            message = self.message(group_id, message_id)
            files = message["files"] if files is None else list(files)
            message.update(text=self._text(text, files), files=files, edited=self.now())
            events.message(self, self.group(group_id), message, "message_edit")
            self.changed()
            return message

    def delete_message(self, group_id, message_id):
        """Remove a message for both sides; VK sends no event about that."""
        with self.lock:
            message = self.message(group_id, message_id)
            talks = self.group(group_id)["conversations"]
            talk = talks[str(message["peer_id"])]
            talk["next_number"] = talk.get("next_number", len(talk["messages"]))
            talk["messages"].remove(message)
            self.changed()
            return message
