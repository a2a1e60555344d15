"""What exists on the training ground: people, pages, posts, comments, messages.

The state is one plain JSON document, so that it can be saved, shown and reset. Times
are whole seconds since the epoch (UTC). Negative ids are communities, as in VK. Ids of
posts and comments are one sequence per wall: the same id exists on two walls.
"""

import base64
import copy
import secrets
import threading
import time

from . import constants, pictures, storage
from .vk import events

DEFAULT_SETTINGS = {
    "guid_memory": True,
    "random_id_memory": True,
    "rate_limit": True,
    "hide_deleted": False,
    "time_shift": 0,
}

AVATAR_COLOURS = (
    "#4f7cac",
    "#b5654a",
    "#5b8e5a",
    "#8a63a8",
    "#c08a2e",
    "#3f8f92",
    "#a8527a",
    "#6b7a3a",
)


class WorldError(Exception):
    """A wish that the world cannot fulfil; the text is for the person who asked."""


def empty_state():
    """Return a world without people and posts, but with both pages."""
    return {
        "version": 1,
        "settings": dict(DEFAULT_SETTINGS),
        "users": {},
        "groups": {},
        "files": {},
        "next_file": 1001,
        "next_user": 201,
        "guids": {},
        "random_ids": {},
    }


def empty_group(group_id, name, screen_name, **other):
    """Return a community without posts.

    `other` may hold `description`, `members_count` and `colour`.
    """
    return {
        "id": group_id,
        "name": name,
        "screen_name": screen_name,
        "description": "",
        "members_count": 0,
        "colour": "#2d6cb5",
        **other,
        "next_id": 10 * group_id,
        "next_message": 1,
        "posts": {},
        "comments": {},
        "conversations": {},
        "long_poll": events.new_queue(),
    }


class World:
    """The state with everything that people can do to it.

    Each public method takes the lock itself; a caller that combines several holds
    `lock` (re-entrant) around them. `lock` is a condition: it is notified after
    every change.
    """

    def __init__(self, state=None, path=None):
        self.lock = threading.Condition(threading.RLock())
        self.path = path
        self.closed = False
        self.state = state or empty_state()
        # A saved world may be older than a setting.
        self.state["settings"] = {**DEFAULT_SETTINGS, **self.state["settings"]}

    # -- time, versions, storage

    def now(self):
        """Return the time of this world: UTC seconds, shifted by the setting."""
        return int(time.time()) + self.state["settings"]["time_shift"]

    def changed(self):
        """Count a change, save it and wake everybody who waits for one."""
        self.state["version"] += 1
        if self.path:
            storage.write_state(self.path, self.state)
        self.lock.notify_all()

    def close(self):
        """Let every waiting request go: the server is about to stop."""
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    def replace(self, state):
        """Put another state in place; the version never goes back."""
        with self.lock:
            state["version"] = self.state["version"]
            self.state = state
            self.changed()

    def dump(self):
        """Return a copy of everything except bytes of files and queues of events."""
        hidden = ("files", "guids", "random_ids")
        with self.lock:
            result = {k: v for k, v in self.state.items() if k not in hidden}
            result = copy.deepcopy(result)
            result["files"] = {
                key: {k: v for k, v in record.items() if k != "data"}
                for key, record in self.state["files"].items()
            }
            for group in result["groups"].values():
                del group["long_poll"]
            result["now"] = self.now()
            return result

    # -- look-ups

    def group(self, group_id):
        """Return the community `group_id` (a positive number)."""
        try:
            return self.state["groups"][str(int(group_id))]
        except (KeyError, TypeError, ValueError):
            raise WorldError("Нет такой страницы") from None

    def user(self, user_id):
        """Return the person `user_id`."""
        try:
            return self.state["users"][str(int(user_id))]
        except (KeyError, TypeError, ValueError):
            raise WorldError("Нет такого жителя") from None

    def post(self, group_id, post_id):
        """Return the post `post_id` of a wall."""
        found = self.group(group_id)["posts"].get(str(post_id))
        if not found:
            raise WorldError("Нет такой записи")
        return found

    def comment(self, group_id, comment_id):
        """Return the comment `comment_id` of a wall, also a deleted one."""
        found = self.group(group_id)["comments"].get(str(comment_id))
        if not found:
            raise WorldError("Нет такого комментария")
        return found

    def author_id(self, author_id, group_id):
        """Check an author: a person, or the page itself (its negative id)."""
        author_id = int(author_id)
        if author_id == -int(group_id):
            return author_id
        return self.user(author_id)["id"]

    # -- people and files

    def add_citizen(self, first_name, last_name="", sex=0, user_id=None, **other):
        """Add a person; returns the record."""
        first_name = str(first_name or "").strip()[:60]
        if not first_name:
            raise WorldError("Напишите имя")
        with self.lock:
            if user_id is None:
                user_id = self.state["next_user"]
                self.state["next_user"] += 1
            user = {
                "id": user_id,
                "first_name": first_name,
                "last_name": str(last_name or "").strip()[:60],
                "sex": sex,
                "screen_name": f"citizen{user_id}",
                "colour": AVATAR_COLOURS[user_id % len(AVATAR_COLOURS)],
                **other,
            }
            self.state["users"][str(user_id)] = user
            self.changed()
            return user

    def add_file(self, data, owner_id, kind="photo", title="", uploader_id=0):
        """Keep an uploaded picture or document; returns its record.

        `kind`: "photo" (on a wall), "message_photo" (private) or "doc".
        """
        mime, width, height = pictures.inspect(data)
        if kind != "doc" and not mime.startswith("image/"):
            raise WorldError("Подходят картинки JPG, PNG и GIF")
        with self.lock:
            record = self._file_record(owner_id, kind, title, uploader_id)
            record.update(
                mime=mime,
                width=width,
                height=height,
                size=len(data),
                data=base64.b64encode(data).decode("ascii"),
            )
            self.changed()
            return record

    def add_scene(self, scene, owner_id):
        """Keep a drawn picture: only its name is stored, it is painted when asked."""
        with self.lock:
            record = self._file_record(owner_id, "photo", "", max(owner_id, 0))
            width, height = pictures.SCENE_SIZE
            record.update(mime="image/png", width=width, height=height, scene=scene)
            record["size"] = len(pictures.scene_png(scene))
            return record

    def _file_record(self, owner_id, kind, title, uploader_id):
        file_id = self.state["next_file"]
        self.state["next_file"] += 1
        record = {
            "id": file_id,
            "owner_id": owner_id,
            "kind": kind,
            "title": title,
            "user_id": uploader_id,
            "key": secrets.token_hex(9),
            "date": self.now(),
        }
        self.state["files"][str(file_id)] = record
        return record

    def file_bytes(self, file_id, key):
        """Return `(mime, bytes)` of a file, or None; `key` is its access key."""
        record = self.state["files"].get(str(file_id))
        if not record or not secrets.compare_digest(record["key"], key):
            return None
        if record.get("scene"):
            return record["mime"], pictures.scene_png(record["scene"])
        return record["mime"], base64.b64decode(record["data"])

    # -- the wall

    def add_post(self, group_id, author_id, text, files=(), date=None, **other):
        """Publish a post on a wall; returns the record. `other`: likes, views."""
        text = self._text(text, files)
        with self.lock:
            group = self.group(group_id)
            post = {
                "id": self._next_id(group),
                "from_id": self.author_id(author_id, group_id),
                "date": self.now() if date is None else date,
                "text": text,
                "files": list(files),
                "likes": 0,
                "views": 1,
                **other,
            }
            group["posts"][str(post["id"])] = post
            events.wall_post_new(self, group, post)
            self.changed()
            return post

    def add_comment(
        self, group_id, post_id, author_id, text, reply_to=None, files=(), date=None
    ):
        """Comment on a post, or answer the comment `reply_to`; returns the record.

        Threads have one level, as in VK: an answer to an answer joins its thread.
        """
        text = self._text(text, files)
        with self.lock:
            group = self.group(group_id)
            self.post(group_id, post_id)
            parent = self._parent(group_id, post_id, reply_to)
            comment = {
                "id": self._next_id(group),
                "post_id": int(post_id),
                "from_id": self._commenter(author_id),
                "date": self.now() if date is None else date,
                "text": text,
                "files": list(files),
                "deleted": False,
                "edited": None,
                "reply_to": parent and parent["id"],
                "thread": parent and (parent["thread"] or parent["id"]),
            }
            group["comments"][str(comment["id"])] = comment
            events.wall_reply(self, group, comment, "wall_reply_new")
            self.changed()
            return comment

    def _commenter(self, author_id):
        """Check who comments: a person, or any of the communities."""
        author_id = int(author_id)
        if author_id < 0:
            return -self.group(-author_id)["id"]
        return self.user(author_id)["id"]

    def _parent(self, group_id, post_id, reply_to):
        if not reply_to:
            return None
        parent = self.comment(group_id, reply_to)
        if parent["post_id"] != int(post_id):
            raise WorldError("Комментарий относится к другой записи")
        if parent["deleted"]:
            raise WorldError("Комментарий уже удалён")
        return parent

    def edit_comment(self, group_id, comment_id, text, files=None):
        """Change the words (and pictures) of a comment; returns the record."""
        with self.lock:
            comment = self.comment(group_id, comment_id)
            files = comment["files"] if files is None else list(files)
            text = self._text(text, files)
            if comment["deleted"]:
                raise WorldError("Комментарий уже удалён")
            comment.update(text=text, files=files, edited=self.now())
            group = self.group(group_id)
            events.wall_reply(self, group, comment, "wall_reply_edit")
            self.changed()
            return comment

    def delete_comment(self, group_id, comment_id, deleter_id=None):
        """Mark a comment as deleted; it can be restored."""
        with self.lock:
            comment = self.comment(group_id, comment_id)
            if comment["deleted"]:
                raise WorldError("Комментарий уже удалён")
            comment["deleted"] = True
            if deleter_id is None:
                deleter_id = comment["from_id"]
            events.wall_reply_delete(self, self.group(group_id), comment, deleter_id)
            self.changed()
            return comment

    def restore_comment(self, group_id, comment_id):
        """Bring a deleted comment back."""
        with self.lock:
            comment = self.comment(group_id, comment_id)
            if not comment["deleted"]:
                raise WorldError("Комментарий не удалён")
            comment["deleted"] = False
            group = self.group(group_id)
            events.wall_reply(self, group, comment, "wall_reply_restore")
            self.changed()
            return comment

    # -- private messages

    def add_message(
        self, group_id, peer_id, text, files=(), date=None, out=False, random_id=0
    ):
        """Write in the conversation of a page with a person; returns the record.

        `out`: the page writes; otherwise the person does.
        """
        text = self._text(text, files)
        with self.lock:
            group = self.group(group_id)
            peer_id = self.user(peer_id)["id"]
            talk = group["conversations"].setdefault(
                str(peer_id), {"in_read": 0, "out_read": 0, "messages": []}
            )
            message = {
                "id": group["next_message"],
                "conversation_message_id": len(talk["messages"]) + 1,
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

    def edit_message(self, group_id, message_id, text):
        """Change the words of a private message; returns the record."""
        with self.lock:
            message = self.find_message(group_id, message_id)
            if not message:
                raise WorldError("Нет такого сообщения")
            message["text"] = self._text(text, message["files"])
            message["edited"] = self.now()
            events.message(self, self.group(group_id), message, "message_edit")
            self.changed()
            return message

    # -- helpers

    @staticmethod
    def _next_id(group):
        group["next_id"] += 1
        return group["next_id"]

    @staticmethod
    def _text(text, files):
        text = str(text or "").strip()
        if not text and not files:
            raise WorldError("Напишите текст или приложите фотографию")
        if len(text) > constants.TEXT_LIMIT:
            raise WorldError(f"Не больше {constants.TEXT_LIMIT} знаков")
        return text
