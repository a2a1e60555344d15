"""What citizens do on each network of the sandbox, all networks in the same way.

A mark names what somebody has written.
"""

import re

from sandbox.comments import PLACES
from sandbox.max.world import POST, MaxWorld
from sandbox.ok.world import OkWorld

#: The page of each network that the trial connects
GROUP = 1
#: From how many of the latest events one is repeated
LATEST = 100
#: Seconds
LONG_AGO = 3600
SCENES = ("pothole", "lamp", "garbage", "snow")


def photo(world, chance, owner, kind="photo"):
    """A picture to be attached; returns the numbers of the files."""
    return (world.add_scene(chance.choice(SCENES), owner, kind)["id"],)


class VK:
    key = "vk"
    #: Under what comments are written, one after the other; mostly posts
    TURNS = ("wall", "board", "wall", "photo", "wall", "video")
    #: Place of a mark and the beginning of an external id, where they differ
    KINDS = {"topic": "board"}
    EXTERNAL = re.compile(r"([a-z]+)-\d+_(\d+)_r(\d+)")
    PRIVATE = "im"

    def __init__(self, world):
        self.world = world
        self.posts = []

    def post(self, text):
        """Publish a post, topic, photo or video of the page; returns its mark."""
        where = self.TURNS[len(self.posts) % len(self.TURNS)]
        # Where a topic's own words are not old, they may be an answer of the page.
        long_ago = self.world.now() - LONG_AGO
        make = {
            "wall": lambda: self.world.add_post(GROUP, -GROUP, text),
            "board": lambda: self.world.add_topic(
                GROUP, -GROUP, text, text, date=long_ago
            ),
            "photo": lambda: self.world.add_scene("park", -GROUP),
            "video": lambda: self.world.add_video(GROUP, text),
        }
        self.posts.append(text)
        return where, make[where]()["id"]

    @staticmethod
    def threaded(post):
        """Whether comments there can be answered by others."""
        return post[0] != "board"

    def photo(self, chance, author, public):
        """A photo to be attached; returns the numbers of the files, none where what
        is written can have none."""
        kind = "photo" if public else "message_photo"
        return photo(self.world, chance, author, kind)

    def comment(self, post, author, text, answered=None, files=()):
        """Comment a post, or answer a comment by its mark; returns the mark."""
        where, number = post
        above = answered and answered[1]
        comment = self.world.add_comment(
            GROUP, number, author, text, above, files, where=where
        )
        return where, comment["id"]

    def private(self, author, text, files=()):
        """Write to the page privately; returns a mark."""
        message = self.world.add_message(GROUP, author, text, files)
        return self.PRIVATE, message["id"]

    def edit(self, mark, text):
        """Change the words of a comment or message."""
        where, number = mark
        if where == self.PRIVATE:
            self.world.edit_message(GROUP, number, text)
        else:
            self.world.edit_comment(GROUP, number, text, where=where)

    def delete(self, mark):
        """Delete a comment or message."""
        where, number = mark
        if where == self.PRIVATE:
            self.world.delete_message(GROUP, number)
        else:
            self.world.delete_comment(GROUP, number, where=where)

    def repeat(self, chance):
        """Tell one of the latest events again; returns whether there was one."""
        with self.world.lock:
            queue = self.world.group(GROUP)["long_poll"]
            if not queue["events"]:
                return False
            _number, event = chance.choice(queue["events"][-LATEST:])
            queue["ts"] += 1
            queue["events"].append([queue["ts"], event])
            self.world.changed()
            return True

    def official(self):
        """What the page has answered: (mark of the comment answered, text); the topic
        in a discussion, for a private message the person's number."""
        with self.world.lock:
            group = self.world.group(GROUP)
            public = [
                (self._answered(where, comment), comment["text"])
                for where, place in PLACES.items()
                for comment in group[place.comments].values()
                if comment["from_id"] == -GROUP
                and not comment["deleted"]
                # A topic begins with words of the page.
                and comment["text"] not in self.posts
            ]
            return public + [
                (str(peer), message["text"])
                for peer, talk in group["conversations"].items()
                for message in talk["messages"]
                if message["out"]
            ]

    @staticmethod
    def _answered(where, comment):
        # In a discussion nothing stands under anything else.
        below = comment["topic_id"] if where == "board" else comment["reply_to"]
        return f"{where}/{below}"

    def answered(self, parent_id):
        """The mark, as :meth:`official` gives it, of an external id."""
        if parent_id.startswith("im"):
            return parent_id.removeprefix("im").partition("_")[0]
        kind, above, comment = self.EXTERNAL.fullmatch(parent_id).groups()
        where = self.KINDS.get(kind, kind)
        return f"{where}/{above if where == 'board' else comment}"


class OK:
    key = "ok"
    PRIVATE = "mid:"

    def __init__(self, world):
        self.place = OkWorld(world)

    def post(self, text):
        return self.place.add_topic(text)["id"]

    @staticmethod
    def threaded(post):
        return True

    def photo(self, chance, author, public):
        return photo(self.place.world, chance, author)

    def comment(self, post, author, text, answered=None, files=()):
        return self.place.add_comment(post, author, text, answered, files)["id"]

    def private(self, author, text, files=()):
        return self.place.add_message(author, text, files)["mid"]

    def edit(self, mark, text):
        if mark.startswith(self.PRIVATE):
            self.place.edit_message(mark, text)
        else:
            self.place.edit_comment(mark, text)

    def delete(self, mark):
        if mark.startswith(self.PRIVATE):
            self.place.delete_message(mark)
        else:
            self.place.delete_comment(mark)

    def repeat(self, chance):
        # Nothing is told here: each look brings what was read before once more.
        return False

    def official(self):
        with self.place.lock:
            state = self.place.state
            public = [
                (str(comment["reply_to"]), comment["text"])
                for comment in state["comments"].values()
                if comment["official"] and not comment["deleted"]
            ]
            return public + [
                (chat["id"], message["text"])
                for chat in state["chats"].values()
                for message in chat["messages"]
                if message["out"]
            ]

    @staticmethod
    def answered(parent_id):
        if parent_id.startswith("chat:"):
            return parent_id.removeprefix("chat:").partition("/")[0]
        return parent_id.split(":", 2)[2]


class MAX:
    key = "max"

    def __init__(self, world):
        self.place = MaxWorld(world)

    def post(self, text):
        return self.place.add_post(GROUP, text)["mid"]

    @staticmethod
    def threaded(post):
        return True

    def photo(self, chance, author, public):
        # Comments have none there.
        return () if public else photo(self.place.world, chance, author)

    def comment(self, post, author, text, answered=None, files=()):
        return self.place.add_comment(post, author, text, answered)["mid"]

    def private(self, author, text, files=()):
        return self.place.add_message(GROUP, author, text, files)["mid"]

    def edit(self, mark, text):
        self.place.edit(mark, text)

    def delete(self, mark):
        self.place.delete(mark)

    def repeat(self, chance):
        """Put one of the latest events into the queue again, and deliver it again."""
        with self.place.world.lock:
            queue = self.place.queue(GROUP)
            if not queue["items"]:
                return False
            _number, update = chance.choice(queue["items"][-LATEST:])
            queue["items"].append([queue["next"], update])
            queue["next"] += 1
            for listener in self.place.listeners:
                listener(GROUP, update)
            self.place.world.changed()
            return True

    def official(self):
        with self.place.world.lock:
            dialogues = self.place.state["dialogs"]
            return [
                (
                    str(message["chat_id"])
                    if str(message["chat_id"]) in dialogues
                    else str(message["link"]),
                    message["text"],
                )
                for message in self.place.state["messages"].values()
                if message["author"] is not None
                and message["author"] < 0
                and message["kind"] != POST
                and not message["deleted"]
            ]

    @staticmethod
    def answered(parent_id):
        if parent_id.startswith("im/"):
            return parent_id.split("/")[1]
        return parent_id.rpartition("/")[2]


NETWORKS = (VK, OK, MAX)
