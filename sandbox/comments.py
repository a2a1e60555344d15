"""Posts, topics, photos and videos of a page, and the comments under them.

A page has four places for comments. Each has ids of its own, so the same id exists in
several places and means nothing without its place and owner.
"""

import re
from dataclasses import dataclass

from .errors import WorldError
from .vk import events


@dataclass(frozen=True)
class Place:
    """Where comments stand: the key of its comments and of what they stand under."""

    comments: str
    parent: str
    sequence: str
    threaded: bool


PLACES = {
    "wall": Place("comments", "post_id", "next_id", True),
    "board": Place("board_comments", "topic_id", "next_board_comment", False),
    "photo": Place("photo_comments", "photo_id", "next_photo_comment", False),
    "video": Place("video_comments", "video_id", "next_video_comment", True),
}

#: `@short_name` or `*short_name`, perhaps with the words to show in brackets.
MENTION = re.compile(r"(?<![\w\[|@*])[@*](\w{2,32})(?: ?\(([^()\n]{1,100})\))?")


def place(name):
    """Return the place of that name."""
    if name not in PLACES:
        raise WorldError("Нет такого раздела")
    return PLACES[name]


class Comments:
    """What people write for everybody to read; a part of World."""

    # -- looking up

    def post(self, group_id, post_id):
        """Return the post `post_id` of a wall."""
        found = self._any_post(group_id, post_id)
        if found.get("deleted"):
            raise WorldError("Запись уже удалена")
        return found

    def _any_post(self, group_id, post_id):
        """Return a post, also a deleted one."""
        found = self.group(group_id)["posts"].get(str(post_id))
        if not found:
            raise WorldError("Нет такой записи")
        return found

    def topic(self, group_id, topic_id):
        """Return the topic `topic_id` of a board."""
        found = self.group(group_id)["topics"].get(str(topic_id))
        if not found:
            raise WorldError("Нет такого обсуждения")
        return found

    def photo(self, group_id, photo_id):
        """Return the photo `photo_id` of a page: of its albums or its posts."""
        found = self.state["files"].get(str(photo_id))
        own = found and found["owner_id"] == -self.group(group_id)["id"]
        if not own or found["kind"] != "photo":
            raise WorldError("Нет такой фотографии")
        return found

    def photos(self, group_id):
        """Return the photos of a page, the newest first."""
        owner_id = -self.group(group_id)["id"]
        return sorted(
            (
                record
                for record in self.state["files"].values()
                if record["owner_id"] == owner_id and record["kind"] == "photo"
            ),
            key=lambda record: -record["id"],
        )

    def video(self, group_id, video_id):
        """Return the video `video_id` of a page."""
        found = self.group(group_id)["videos"].get(str(video_id))
        if not found:
            raise WorldError("Нет такого видео")
        return found

    def parent(self, group_id, where, parent_id):
        """Return what comments stand under: a post, topic, photo or video."""
        find = {
            "wall": self.post,
            "board": self.topic,
            "photo": self.photo,
            "video": self.video,
        }
        place(where)
        return find[where](group_id, parent_id)

    def comment(self, group_id, comment_id, where="wall"):
        """Return a comment, also a deleted one."""
        comments = self.group(group_id)[place(where).comments]
        found = comments.get(str(comment_id))
        if not found:
            raise WorldError("Нет такого комментария")
        return found

    def comments_under(self, group_id, where, parent_id):
        """Return the comments under one thing in the order of writing."""
        return self._index(group_id, where).get(int(parent_id), [])

    def _index(self, group_id, where):
        """Return parent id -> comments; without it long walls would be slow."""
        group_id = int(group_id)
        known = self._indexes.get((group_id, where))
        if known is None:
            kind, known = place(where), {}
            comments = self.group(group_id)[kind.comments].values()
            for record in sorted(comments, key=lambda record: record["id"]):
                known.setdefault(record[kind.parent], []).append(record)
            self._indexes[group_id, where] = known
        return known

    # -- posts, topics, videos

    def add_post(self, group_id, author_id, text, files=(), date=None, **other):
        """Publish a post on a wall; returns the record. `other`: likes, views."""
        text = self._text(text, files)
        with self.lock:
            group = self.group(group_id)
            post = {
                "id": self._next(group, "next_id"),
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

    def edit_post(self, group_id, post_id, text, files=None):
        """Change the words (and pictures) of a post; VK sends no event about that."""
        with self.lock:
            post = self.post(group_id, post_id)
            files = post["files"] if files is None else list(files)
            text = self._text(text, files)
            post.update(text=text, files=files, edited=self.now())
            self.changed()
            return post

    def delete_post(self, group_id, post_id):
        """Take a post off the wall with all below it; VK sends no event about that."""
        with self.lock:
            post = self.post(group_id, post_id)
            post["deleted"] = True
            self.changed()
            return post

    def restore_post(self, group_id, post_id):
        """Bring a deleted post back; VK sends no event about that."""
        with self.lock:
            post = self._any_post(group_id, post_id)
            if not post.get("deleted"):
                raise WorldError("Запись не удалена")
            post["deleted"] = False
            self.changed()
            return post

    def delete_topic(self, group_id, topic_id):
        """Remove a topic with its comments; VK sends no event about that."""
        with self.lock:
            topic = self.topic(group_id, topic_id)
            group = self.group(group_id)
            del group["topics"][str(topic_id)]
            for comment in self.comments_under(group_id, "board", topic_id):
                del group["board_comments"][str(comment["id"])]
            self._index(group_id, "board").pop(int(topic_id), None)
            self.changed()
            return topic

    def add_topic(self, group_id, author_id, title, text, files=(), date=None, **other):
        """Open a topic with its first comment; returns the topic.

        `other` may hold `closed` and `fixed`.
        """
        title = str(title or "").strip()[:128]
        if not title:
            raise WorldError("Напишите название обсуждения")
        self._text(text, files)
        with self.lock:
            group = self.group(group_id)
            topic = {
                "id": self._next(group, "next_topic"),
                "title": title,
                "created_by": self._commenter(author_id),
                "created": self.now() if date is None else date,
                "closed": False,
                "fixed": False,
            }
            group["topics"][str(topic["id"])] = topic
            self.add_comment(
                group_id, topic["id"], author_id, text, None, files, date, "board"
            )
            topic.update(other)
            self.changed()
            return topic

    def close_topic(self, group_id, topic_id, closed=True):
        """Close a topic, so that nobody can write in it, or open it; returns it."""
        with self.lock:
            topic = self.topic(group_id, topic_id)
            topic["closed"] = bool(closed)
            self.changed()
            return topic

    def add_video(self, group_id, title, description="", scene="works", date=None):
        """Put a video on a page; it is only a name and a drawn picture."""
        title = str(title or "").strip()[:128]
        if not title:
            raise WorldError("Напишите название видео")
        with self.lock:
            group = self.group(group_id)
            image = self.add_scene(scene, -group["id"], kind="frame")
            video = {
                "id": self._next(group, "next_video"),
                "title": title,
                "description": str(description or ""),
                "date": self.now() if date is None else date,
                "duration": 95,
                "views": 1,
                "image": image["id"],
            }
            group["videos"][str(video["id"])] = video
            self.changed()
            return video

    # -- comments

    def add_comment(
        self,
        group_id,
        parent_id,
        author_id,
        text,
        reply_to=None,
        files=(),
        date=None,
        where="wall",
        **other,
    ):
        """Comment on something, or answer the comment `reply_to`; returns the record.

        `other`: `strange`, what wire.comment changes in the object on purpose.

        Threads have one level, as in VK: an answer to an answer joins its thread. A
        board knows no answers, only a mention of who is answered in the text.
        """
        kind = place(where)
        with self.lock:
            group = self.group(group_id)
            above = self.parent(group_id, where, parent_id)
            if above.get("closed"):
                raise WorldError("Обсуждение закрыто")
            answered = self._answered(group_id, where, parent_id, reply_to)
            if answered and where == "board":
                text = f"{self._addressee(group, answered)}, {text or ''}"
                answered = None
            thread = answered and kind.threaded
            comment = {
                kind.parent: int(parent_id),
                "from_id": self._commenter(author_id),
                "date": self.now() if date is None else date,
                "text": self._text(text, files),
                "files": list(files),
                "deleted": False,
                "edited": None,
                "reply_to": answered and answered["id"],
                "thread": (answered["thread"] or answered["id"]) if thread else None,
                **other,
            }
            index = self._index(group_id, where)
            comment["id"] = self._next(group, kind.sequence)
            group[kind.comments][str(comment["id"])] = comment
            index.setdefault(comment[kind.parent], []).append(comment)
            events.comment(self, group, where, comment, "new")
            self.changed()
            return comment

    def _addressee(self, group, answered):
        """Return how a board names who is answered: `[id101:bp-1_15|Марина]`."""
        owner_id = answered["from_id"]
        if owner_id > 0:
            who, name = f"id{owner_id}", self.user(owner_id)["first_name"]
        else:
            who, name = f"club{-owner_id}", self.group(-owner_id)["name"]
        return f"[{who}:bp-{group['id']}_{answered['id']}|{name}]"

    def _commenter(self, author_id):
        """Check who comments: a person, or any of the communities."""
        author_id = int(author_id)
        if author_id < 0:
            return -self.group(-author_id)["id"]
        return self.user(author_id)["id"]

    def _answered(self, group_id, where, parent_id, reply_to):
        if not reply_to:
            return None
        answered = self.comment(group_id, reply_to, where)
        if answered[place(where).parent] != int(parent_id):
            raise WorldError("Комментарий относится к другой записи")
        if answered["deleted"]:
            raise WorldError("Комментарий уже удалён")
        return answered

    def edit_comment(self, group_id, comment_id, text, files=None, where="wall"):
        """Change the words (and pictures) of a comment; returns the record."""
        with self.lock:
            comment = self.comment(group_id, comment_id, where)
            files = comment["files"] if files is None else list(files)
            text = self._text(text, files)
            if comment["deleted"]:
                raise WorldError("Комментарий уже удалён")
            comment.update(text=text, files=files, edited=self.now())
            events.comment(self, self.group(group_id), where, comment, "edit")
            self.changed()
            return comment

    def delete_comment(self, group_id, comment_id, deleter_id=None, where="wall"):
        """Mark a comment as deleted; it can be restored."""
        with self.lock:
            comment = self.comment(group_id, comment_id, where)
            if comment["deleted"]:
                raise WorldError("Комментарий уже удалён")
            comment["deleted"] = True
            if deleter_id is None:
                deleter_id = comment["from_id"]
            group = self.group(group_id)
            events.comment_deleted(self, group, where, comment, deleter_id)
            self.changed()
            return comment

    def restore_comment(self, group_id, comment_id, where="wall"):
        """Bring a deleted comment back."""
        with self.lock:
            comment = self.comment(group_id, comment_id, where)
            if not comment["deleted"]:
                raise WorldError("Комментарий не удалён")
            comment["deleted"] = False
            events.comment(self, self.group(group_id), where, comment, "restore")
            self.changed()
            return comment

    # -- words

    def _text(self, text, files):
        """Check a text; a known `@short_name` becomes a mention, as VK stores it."""
        text = str(text or "").strip()
        if not text and not files:
            raise WorldError("Напишите текст или приложите фотографию")
        limit = self.state["settings"]["text_limit"]
        if len(text) > limit:
            raise WorldError(f"Не больше {limit} знаков")
        if "@" in text or "*" in text:
            text = MENTION.sub(self._mention, text)
        return text

    def _mention(self, match):
        """Return `[club1|…]` or `[id101|…]` for a short name somebody has."""
        name, words = match.groups()
        for group in self.state["groups"].values():
            if group["screen_name"] == name:
                return f"[club{group['id']}|{words or match[0]}]"
        for user in self.state["users"].values():
            if user["screen_name"] == name:
                return f"[id{user['id']}|{words or match[0]}]"
        return match[0]

    @staticmethod
    def _next(group, sequence):
        group[sequence] += 1
        return group[sequence]
