"""What exists in MAX: channels with posts and comments, dialogues with a bot.

Each page of the town has a bot that is an administrator of the page's channel. The
state is plain JSON under the key `max` of the world, the events that wait for a bot
under `max_updates`. Times are milliseconds since the epoch (UTC).
"""

import time

from ..errors import WorldError
from . import wire

#: Secret -> page. Known to everybody: they protect nothing.
TOKENS = {"sandbox-max-token-1": 1, "sandbox-max-token-2": 2}

#: Characters of a text.
TEXT_LIMIT = 4000
ATTACHMENT_LIMIT = 12
#: Events kept for a bot.
HISTORY = 5000

DEFAULT_SETTINGS = {
    "rate_limit": True,
    "comment_updates": True,
    "comments_oldest_first": False,
    "comments_as_channel": False,
    "https_only": False,
}

POST, COMMENT, MESSAGE = "post", "comment", "message"


def empty_state():
    """Return MAX without posts and dialogues."""
    return {
        "settings": dict(DEFAULT_SETTINGS),
        "next": 1,
        "messages": {},
        "dialogs": {},
        "subscriptions": {},
    }


def bot_id(group_id):
    """Return the number of the bot of a page."""
    return 9_000_000 + int(group_id)


def channel_id(group_id):
    """Return the chat of the channel of a page."""
    return -70_000_000_000_000 - int(group_id)


def dialog_id(group_id, user_id):
    """Return the chat of a person with the bot of a page."""
    return int(group_id) * 100_000_000 + int(user_id)


class MaxWorld:
    """Everything people and bots can do in MAX; each method takes the world's lock."""

    def __init__(self, world):
        self.world = world
        #: Called with `(group_id, update)` for each event, under the lock; the same
        #: ones whoever looks at this world.
        self.listeners = vars(world).setdefault("max_listeners", [])

    # -- state

    @property
    def state(self):
        """The state; a world that was saved before MAX was there gets an empty one."""
        state = self.world.state.setdefault("max", empty_state())
        state["settings"] = {**DEFAULT_SETTINGS, **state["settings"]}
        return state

    @property
    def settings(self):
        return self.state["settings"]

    def now(self):
        """Return the time of this world in milliseconds."""
        shift = self.world.state["settings"]["time_shift"]
        return int(time.time() * 1000) + shift * 1000

    def group_of_chat(self, chat_id):
        """Return the page whose channel or dialogue this is."""
        chat_id = int(chat_id)
        for key in self.world.state["groups"]:
            if chat_id == channel_id(key):
                return int(key)
        dialog = self.state["dialogs"].get(str(chat_id))
        if not dialog:
            raise WorldError("Нет такого чата")
        return dialog["group"]

    def find(self, mid, kind=None):
        """Return a message that is still there, or None."""
        found = self.state["messages"].get(mid)
        if not found or found["deleted"] or kind not in (None, found["kind"]):
            return None
        return found

    def get(self, mid, kind=None):
        """Return a message that is still there."""
        found = self.find(mid, kind)
        if not found:
            raise WorldError("Нет такого сообщения")
        return found

    def of_chat(self, chat_id):
        """Return the posts of a channel or the messages of a dialogue, oldest first."""
        return [
            m
            for m in self.state["messages"].values()
            if m["chat_id"] == chat_id and m["kind"] != COMMENT and not m["deleted"]
        ]

    def comments_of(self, mid):
        """Return the comments of a post, oldest first."""
        return [
            m
            for m in self.state["messages"].values()
            if m["post"] == mid and not m["deleted"]
        ]

    # -- doing

    def add_post(self, group_id, text, files=(), at=None):
        """Publish a post in the channel of a page."""
        return self._add(POST, group_id, channel_id(group_id), text, files, at=at)

    def add_comment(self, mid, author, text, link=None, at=None):
        """Comment a post. `author`: a person, a negative page (its bot).

        :param link: the comment of the same post that this one answers
        """
        with self.world.lock:
            post = self.get(mid, POST)
            if link and self.get(link, COMMENT)["post"] != mid:
                raise WorldError("Комментарий относится к другой записи")
            return self._add(
                COMMENT, post["group"], post["chat_id"], text, (), author, link, at, mid
            )

    def add_message(
        self, group_id, user_id, text, files=(), out=False, link=None, at=None
    ):
        """Write in the dialogue of a person with the bot; `out`: the bot writes."""
        with self.world.lock:
            user_id = self.world.user(user_id)["id"]
            chat_id = dialog_id(self.world.group(group_id)["id"], user_id)
            if str(chat_id) not in self.state["dialogs"]:
                if out:
                    raise WorldError("Житель ещё не писал")
                self.state["dialogs"][str(chat_id)] = {
                    "chat_id": chat_id,
                    "group": int(group_id),
                    "user_id": user_id,
                }
            if not out:
                # Whoever writes has let the bot in again.
                self.state["dialogs"][str(chat_id)]["stopped"] = False
            author = -int(group_id) if out else user_id
            return self._add(MESSAGE, group_id, chat_id, text, files, author, link, at)

    def stop_bot(self, group_id, user_id, stopped=True):
        """Let a citizen stop the bot of a page: it sees nothing of the dialogue."""
        with self.world.lock:
            dialog = self.state["dialogs"].get(str(dialog_id(group_id, user_id)))
            if not dialog:
                raise WorldError("Житель ещё не писал")
            dialog["stopped"] = bool(stopped)
            self.world.changed()
            return dialog

    def stopped(self, record):
        """Return whether a message stands in a dialogue whose citizen stopped the
        bot."""
        dialog = self.state["dialogs"].get(str(record["chat_id"]))
        return bool(dialog and dialog.get("stopped"))

    def _add(
        self, kind, group_id, chat_id, text, files, author=None, link=None, at=None,
        post=None,
    ):  # fmt: skip
        text = self._text(text, files)
        with self.world.lock:
            group_id = self.world.group(group_id)["id"]
            if author is not None and author >= 0:
                author = self.world.user(author)["id"]
            number = self.state["next"]
            self.state["next"] += 1
            at = self.now() if at is None else at
            # As in MAX: grows with time, and never the same twice.
            seq = (at << 16) + number % 0x10000
            record = {
                "mid": f"mid.{chat_id & 0xFFFFFFFFFFFFFFFF:016x}{seq:016x}",
                "seq": seq,
                "kind": kind,
                "group": group_id,
                "chat_id": chat_id,
                "post": post,
                "author": author,
                "at": at,
                "edited": None,
                "text": text,
                "files": list(files),
                "link": link,
                "deleted": False,
            }
            self.state["messages"][record["mid"]] = record
            self._tell(record, "message_created")
            self.world.changed()
            return record

    def edit(self, mid, text, files=None, silent=False):
        """Change the words (and files) of a message; `silent`: no event tells."""
        with self.world.lock:
            record = self.get(mid)
            files = record["files"] if files is None else list(files)
            record.update(text=self._text(text, files), files=files, edited=self.now())
            if not silent:
                self._tell(record, "message_edited")
            self.world.changed()
            return record

    def delete(self, mid, user_id=None, silent=False):
        """Delete a message for all; `user_id`: who did, by default its author.

        :param silent: no event tells of it
        """
        with self.world.lock:
            record = self.get(mid)
            record["deleted"] = True
            who = wire.user_number(record["author"], record["group"])
            who = who if user_id is None else user_id
            if not silent:
                self._tell(record, "message_removed", who)
            self.world.changed()
            return record

    @staticmethod
    def _text(text, files):
        text = str(text or "").strip()
        if len(text) > TEXT_LIMIT:
            raise WorldError(f"Не больше {TEXT_LIMIT} знаков")
        if not text and not files:
            raise WorldError("Напишите что-нибудь")
        if len(files) > ATTACHMENT_LIMIT:
            raise WorldError(f"Не больше {ATTACHMENT_LIMIT} вложений")
        return text

    # -- events

    def queue(self, group_id):
        """Return the events of the bot of a page: `next` number and `items`."""
        queues = self.world.state.setdefault("max_updates", {})
        return queues.setdefault(str(group_id), {"next": 1, "read": 1, "items": []})

    def _tell(self, record, kind, user_id=None):
        if record["kind"] == COMMENT and not self.settings["comment_updates"]:
            return
        update = {"update_type": kind, "timestamp": self.now()}
        if kind == "message_removed":
            update.update(
                message_id=record["mid"], chat_id=record["chat_id"], user_id=user_id
            )
        else:
            update["message"] = wire.message(self, record)
            if record["kind"] == MESSAGE and kind == "message_created":
                update["user_locale"] = "ru"
        # A bot is told of what others do, not of what it does itself.
        if record["author"] is not None and record["author"] >= 0:
            self._put(record["group"], update)

    def _put(self, group_id, update):
        queue = self.queue(group_id)
        queue["items"].append([queue["next"], update])
        queue["next"] += 1
        del queue["items"][:-HISTORY]
        for listener in self.listeners:
            listener(group_id, update)

    def updates(self, group_id, marker, limit, types):
        """Return `(events, next marker)` after what was read before `marker`."""
        queue = self.queue(group_id)
        start = queue["read"] if marker is None else marker
        queue["read"] = max(queue["read"], start)
        found, following = [], start
        for number, update in queue["items"]:
            if number < start:
                continue
            if len(found) == limit:
                break
            following = number + 1
            if not types or update["update_type"] in types:
                found.append(update)
        return found, following


def seed(world, data, with_content):
    """Fill MAX with the posts, comments and conversations of the town."""
    world.state["max"] = empty_state()
    world.state["max_updates"] = {}
    if not with_content:
        return
    place = MaxWorld(world)
    now = place.now()
    entries = sorted(_entries(data, now), key=lambda entry: entry[0])
    mids = {}
    for at, key, add in entries:
        mids[key] = add(place, mids, at)["mid"]
    # What was there before the start is no news for a bot.
    world.state["max_updates"] = {}


def _entries(data, now):
    """Yield `(time, key, function)` for everything that was written."""
    for number, post in enumerate(data["posts"]):
        # In a channel only the page itself publishes.
        if post["author"] >= 0:
            continue
        yield _post(post, number, now)
        for index, comment in enumerate(post.get("comments", ())):
            key = (number, index)
            yield _comment(comment, (number,), key, None, now)
            for below, reply in enumerate(comment.get("replies", ())):
                yield _comment(reply, (number,), (*key, below), key, now)
    for number, talk in enumerate(data["conversations"]):
        for index, message in enumerate(talk["messages"]):
            yield _message(talk, message, ("talk", number, index), now)


def _at(item, now):
    return now - item["minutes_ago"] * 60_000


def _post(post, number, now):
    def add(place, _mids, at):
        files = []
        if post.get("scene"):
            record = place.world.add_scene(post["scene"], -post["group"])
            files.append(record["id"])
        return place.add_post(post["group"], post["text"], files, at)

    return _at(post, now), (number,), add


def _comment(comment, post, key, parent, now):
    def add(place, mids, at):
        link = mids[parent] if parent else None
        return place.add_comment(
            mids[post], comment["author"], comment["text"], link, at
        )

    return _at(comment, now), key, add


def _message(talk, message, key, now):
    def add(place, _mids, at):
        out = message.get("out", False)
        return place.add_message(
            talk["group"], talk["peer"], message["text"], out=out, at=at
        )

    return _at(message, now), key, add
