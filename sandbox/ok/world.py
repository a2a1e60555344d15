"""What exists on Odnoklassniki: topics of the page, comments, private chats.

The state is a part of the whole world, under the key `ok`; the people are those of
the town. Times are milliseconds, and never two the same, as ids are made of them.
"""

import base64
import secrets
import time

from ..errors import WorldError
from .constants import ATTACHMENT_LIMIT, TEXT_LIMIT


def empty_state():
    """Return the page without topics."""
    return {
        "name": "Администрация города Зареченска",
        "shortname": "zarechensk",
        "description": "Официальная группа администрации вымышленного города.",
        "members_count": 5210,
        "topics": {},
        "comments": {},
        "chats": {},
        "photos": {},
        "subscriptions": [],
        "last_ms": 0,
        "next_topic": 156_000_000_001,
        "settings": {"token_valid": True, "comments_allowed": True},
    }


class OkWorld:
    """What people can do there; each method takes the lock of the world itself."""

    def __init__(self, world):
        self.world = world
        #: Called with `(chat, message)` for what a citizen writes, under the lock.
        self.listeners = []

    @property
    def lock(self):
        """The lock of the whole world."""
        return self.world.lock

    @property
    def state(self):
        """The part of the world; a world saved earlier gets an empty one."""
        return self.world.state.setdefault("ok", empty_state())

    def now_ms(self):
        """Return the present, later than anything told before."""
        shift = self.world.state["settings"]["time_shift"]
        present = int((time.time() + shift) * 1000)
        self.state["last_ms"] = max(present, self.state["last_ms"] + 1)
        return self.state["last_ms"]

    def _time(self, date):
        """Return milliseconds: now, or `date` (seconds) made unlike all others."""
        if date is None:
            return self.now_ms()
        taken = {c["ms"] for c in self.state["comments"].values()}
        taken |= {m["ms"] for c in self.state["chats"].values() for m in c["messages"]}
        ms = int(date) * 1000
        while ms in taken:
            ms += 1
        return ms

    # -- look-ups

    def topic(self, topic_id):
        """Return the topic `topic_id`."""
        found = self.state["topics"].get(str(topic_id))
        if not found:
            raise WorldError("Нет такой темы")
        return found

    def comment(self, comment_id):
        """Return the comment `comment_id`, also a deleted one."""
        found = self.state["comments"].get(str(comment_id))
        if not found:
            raise WorldError("Нет такого комментария")
        return found

    def comments_of(self, topic_id, removed=False):
        """Return the comments of a topic, oldest first.

        `removed`: with those that others than their author have deleted.
        """
        wanted = (None, "moderator") if removed else (None,)
        found = [
            one
            for one in self.state["comments"].values()
            if one["topic"] == str(topic_id) and one["deleted"] in wanted
        ]
        return sorted(found, key=lambda one: one["ms"])

    # -- the page

    def add_topic(self, text, author=0, files=(), date=None):
        """Publish a topic; `author` 0 is the page. Returns the record."""
        with self.lock:
            text = self._text(text, files)
            topic = {
                "id": str(self.state["next_topic"]),
                "author": self._author(author),
                "text": text,
                "ms": self._time(date),
                "files": list(files),
            }
            self.state["next_topic"] += 1
            self.state["topics"][topic["id"]] = topic
            self.world.changed()
            return topic

    def add_comment(
        self, topic_id, author, text, reply_to=None, files=(), date=None, official=False
    ):
        """Comment on a topic or answer a comment; `author` 0 is the page."""
        with self.lock:
            text = self._text(text, files)
            topic = self.topic(topic_id)
            if reply_to:
                answered = self.comment(reply_to)
                if answered["topic"] != topic["id"] or answered["deleted"]:
                    raise WorldError("Комментарий, на который отвечают, удалён")
            ms = self._time(date)
            comment = {
                "id": _comment_id(ms, author, topic["id"]),
                "topic": topic["id"],
                "author": self._author(author),
                "official": official or not author,
                "text": text,
                "ms": ms,
                "edited_ms": None,
                "reply_to": str(reply_to) if reply_to else None,
                "files": list(files),
                "deleted": None,
            }
            self.state["comments"][comment["id"]] = comment
            self.world.changed()
            return comment

    def edit_comment(self, comment_id, text):
        """Change the words of a comment; returns the record."""
        with self.lock:
            comment = self.comment(comment_id)
            if comment["deleted"]:
                raise WorldError("Комментарий уже удалён")
            comment["text"] = self._text(text, comment["files"])
            comment["edited_ms"] = self.now_ms()
            self.world.changed()
            return comment

    def delete_comment(self, comment_id, by="author"):
        """Delete a comment; `by`: author or moderator."""
        with self.lock:
            comment = self.comment(comment_id)
            if comment["deleted"]:
                raise WorldError("Комментарий уже удалён")
            comment["deleted"] = by
            self.world.changed()
            return comment

    # -- private chats

    def chat_of(self, person):
        """Return the chat of the page with a person, opened where there is none."""
        with self.lock:
            person = self.world.user(person)["id"]
            chat_id = f"C{0x3ECB00000000 + person:x}"
            return self.state["chats"].setdefault(
                chat_id, {"id": chat_id, "person": person, "messages": []}
            )

    def chat(self, chat_id):
        """Return a chat by its id; `chat:` may precede."""
        found = self.state["chats"].get(str(chat_id).removeprefix("chat:"))
        if not found:
            raise WorldError("Нет такого чата")
        return found

    def add_message(self, person, text, files=(), out=False, reply_to=None, date=None):
        """Write in the chat with a person; `out`: the page writes."""
        with self.lock:
            text = self._text(text, files)
            chat = self.chat_of(person)
            ms = self._time(date)
            message = {
                "mid": f"mid:{chat['id']}.{ms:x}",
                "seq": ms << 16,
                "ms": ms,
                "out": out,
                "text": text,
                "files": list(files),
                "reply_to": reply_to,
            }
            chat["messages"].append(message)
            chat["messages"].sort(key=lambda one: one["ms"])
            if not out:
                for listener in self.listeners:
                    listener(chat, message)
            self.world.changed()
            return message

    def _message(self, mid):
        for chat in self.state["chats"].values():
            for message in chat["messages"]:
                if message["mid"] == mid:
                    return chat, message
        raise WorldError("Нет такого сообщения")

    def edit_message(self, mid, text):
        """Change the words of a private message; nobody is told."""
        with self.lock:
            _chat, message = self._message(mid)
            message["text"] = self._text(text, message["files"])
            self.world.changed()
            return message

    def delete_message(self, mid):
        """Delete a private message for both; nobody is told."""
        with self.lock:
            chat, message = self._message(mid)
            chat["messages"].remove(message)
            self.world.changed()
            return message

    # -- photos of an upload

    def expect_photo(self):
        """Return the record of a photo that is to be uploaded."""
        with self.lock:
            photo_id = secrets.token_urlsafe(12)
            record = {"id": photo_id, "token": None, "file": None}
            self.state["photos"][photo_id] = record
            return record

    def take_photo(self, photo_id, data):
        """Keep an uploaded picture; returns its token."""
        with self.lock:
            record = self.state["photos"].get(photo_id)
            if not record:
                raise WorldError("Нет такой загрузки")
            record["file"] = self.world.add_file(data, -1)["id"]
            record["token"] = secrets.token_urlsafe(24)
            return record["token"]

    def photo_file(self, token):
        """Return the id of the file uploaded under a token, or None."""
        for record in self.state["photos"].values():
            if token and token in (record["token"], record["id"]) and record["file"]:
                return record["file"]
        return None

    # -- helpers

    def _author(self, author):
        return self.world.user(author)["id"] if author else 0

    @staticmethod
    def _text(text, files):
        text = str(text or "").strip()
        if not text and not files:
            raise WorldError("Напишите текст или приложите фотографию")
        if len(text) > TEXT_LIMIT:
            raise WorldError(f"Не больше {TEXT_LIMIT} знаков")
        if len(files) > ATTACHMENT_LIMIT:
            raise WorldError(f"Не больше {ATTACHMENT_LIMIT} фотографий")
        return text


def _comment_id(ms, author, topic_id):
    """Return an id of the kind Odnoklassniki gives: opaque, made of times."""
    text = f"{ms}:-{10829 + int(author)}:{ms}:{topic_id}:6"
    return base64.b64encode(text.encode()).decode().rstrip("=")
