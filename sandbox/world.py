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

from . import constants, pictures, storage, traps
from .comments import Comments
from .errors import WorldError
from .private import Private
from .vk import events

DEFAULT_SETTINGS = {
    "guid_memory": True,
    "random_id_memory": True,
    "rate_limit": True,
    "hide_deleted": False,
    "time_shift": 0,
    "text_limit": constants.TEXT_LIMIT,
    "event_history": constants.EVENT_HISTORY,
    "callback_hosts": "",
    "callback_timeout": 10.0,
    "callback_pause": 0.5,
    "callback_tries": 8,
    "callback_failures": 20,
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
        "next_topic": 10 * group_id,
        "next_video": 10 * group_id,
        "next_board_comment": 10 * group_id,
        "next_photo_comment": 10 * group_id,
        "next_video_comment": 10 * group_id,
        "posts": {},
        "comments": {},
        "topics": {},
        "board_comments": {},
        "photo_comments": {},
        "videos": {},
        "video_comments": {},
        "conversations": {},
        "long_poll": events.new_queue(),
        "callback": {
            "code": secrets.token_hex(4),
            "next_server": 1,
            "servers": {},
        },
    }


class World(Comments, Private):
    """The state with everything that people can do to it.

    Each public method takes the lock itself; a caller that combines several holds
    `lock` (re-entrant) around them. `lock` is a condition: it is notified after
    every change.
    """

    def __init__(self, state=None, path=None):
        self.lock = threading.Condition(threading.RLock())
        self.closed = False
        #: Called with `(group, kind, content)` for each event, under the lock.
        self.listeners = []
        self._use(state or empty_state())
        self._saver = storage.Saver(path, self._snapshot) if path else None

    def _use(self, state):
        """Take a state; a saved one may be older than a setting or a key."""
        state["settings"] = {**DEFAULT_SETTINGS, **state["settings"]}
        for key, group in state["groups"].items():
            state["groups"][key] = {**empty_group(int(key), "", ""), **group}
        self.state = state
        self._indexes = {}

    def _snapshot(self):
        """Return the state as text; nothing changes it meanwhile."""
        with self.lock:
            return storage.to_text(self.state)

    # -- time, versions, storage

    def now(self):
        """Return the time of this world: UTC seconds, shifted by the setting."""
        return int(time.time()) + self.state["settings"]["time_shift"]

    def changed(self):
        """Count a change, have it saved and wake everybody who waits for one."""
        self.state["version"] += 1
        if self._saver:
            self._saver.wish()
        self.lock.notify_all()

    def close(self):
        """Let every waiting request go: the server is about to stop."""
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    def save(self):
        """Write what is not saved yet, and write no more: the world ends."""
        if self._saver:
            self._saver.stop()

    def replace(self, state):
        """Put another state in place; the version never goes back."""
        with self.lock:
            state["version"] = self.state["version"]
            self._use(state)
            self.changed()

    def dump(self):
        """Return a copy of everything except bytes of files and queues of events."""
        # Odnoklassniki shows its part itself.
        hidden = ("files", "guids", "random_ids", "max_updates", "ok")
        with self.lock:
            result = {k: v for k, v in self.state.items() if k not in hidden}
            result = copy.deepcopy(result)
            result["files"] = {
                key: {k: v for k, v in record.items() if k != "data"}
                for key, record in self.state["files"].items()
            }
            for group in result["groups"].values():
                del group["long_poll"], group["callback"]
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

    def add_scene(self, scene, owner_id, kind="photo", date=None):
        """Keep a drawn picture: only its name is stored, it is painted when asked."""
        if scene not in pictures.SCENES:
            raise WorldError("Нет такой картинки")
        with self.lock:
            record = self._file_record(owner_id, kind, "", max(owner_id, 0))
            width, height = pictures.SCENE_SIZE
            record.update(mime="image/png", width=width, height=height, scene=scene)
            if date is not None:
                record["date"] = date
            record["size"] = len(pictures.scene_png(scene))
            self.changed()
            return record

    def add_trap(self, owner_id, trap, kind="photo", title="", **claims):
        """Keep a file that is not what it says (see traps); `claims` may lie.

        `trap` is None where only the claims lie; `claims`: `size` (bytes), `width`,
        `height` (pixels), `mime`, `url` (an address elsewhere).
        """
        with self.lock:
            record = self._file_record(owner_id, kind, title, max(owner_id, 0))
            record.update(mime="image/png", width=640, height=400, size=2048)
            record.update(scene="pothole", **claims)
            if trap:
                record["trap"] = traps.check(trap)
            self.changed()
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

    def file(self, file_id, key):
        """Return the record of a file, or None; `key` is its access key."""
        record = self.state["files"].get(str(file_id))
        wanted = (record or {}).get("key", "")
        if not record or not secrets.compare_digest(wanted.encode(), key.encode()):
            return None
        return record

    def file_bytes(self, file_id, key):
        """Return `(mime, bytes)` of a file, or None; `key` is its access key."""
        record = self.file(file_id, key)
        if not record:
            return None
        if record.get("scene"):
            return record["mime"], pictures.scene_png(record["scene"])
        return record["mime"], base64.b64decode(record["data"])
