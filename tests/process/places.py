"""What citizens do on each network of the sandbox, all networks in the same way."""

from sandbox.max.world import POST, MaxWorld
from sandbox.ok.world import OkWorld

#: The page of each network that the trial connects
GROUP = 1
#: From how many of the latest events one is repeated
LATEST = 100


class VK:
    key = "vk"

    def __init__(self, world):
        self.world = world

    def post(self, text):
        """Publish a post of the page; returns its mark."""
        return self.world.add_post(GROUP, -GROUP, text)["id"]

    def comment(self, post, author, text, answered=None):
        """Comment a post, or answer a comment by its mark; returns the mark."""
        return self.world.add_comment(GROUP, post, author, text, answered)["id"]

    def private(self, author, text):
        """Write to the page privately; returns a mark."""
        return self.world.add_message(GROUP, author, text)["id"]

    def edit(self, mark, text):
        """Change the words of a comment."""
        self.world.edit_comment(GROUP, mark, text)

    def delete(self, mark):
        """Delete a comment."""
        self.world.delete_comment(GROUP, mark)

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
        """What the page has answered: (mark of the comment answered, text); for a
        private message the person's number stands for the mark."""
        with self.world.lock:
            group = self.world.group(GROUP)
            public = [
                (str(comment["reply_to"]), comment["text"])
                for comment in group["comments"].values()
                if comment["from_id"] == -GROUP and not comment["deleted"]
            ]
            return public + [
                (str(peer), message["text"])
                for peer, talk in group["conversations"].items()
                for message in talk["messages"]
                if message["out"]
            ]

    @staticmethod
    def answered(parent_id):
        """The mark, as :meth:`official` gives it, of an external id."""
        if parent_id.startswith("im"):
            return parent_id.removeprefix("im").partition("_")[0]
        return parent_id.rpartition("_r")[2]


class OK:
    key = "ok"

    def __init__(self, world):
        self.place = OkWorld(world)

    def post(self, text):
        return self.place.add_topic(text)["id"]

    def comment(self, post, author, text, answered=None):
        return self.place.add_comment(post, author, text, answered)["id"]

    def private(self, author, text):
        return self.place.add_message(author, text)["mid"]

    def edit(self, mark, text):
        self.place.edit_comment(mark, text)

    def delete(self, mark):
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

    def comment(self, post, author, text, answered=None):
        return self.place.add_comment(post, author, text, answered)["mid"]

    def private(self, author, text):
        return self.place.add_message(GROUP, author, text)["mid"]

    def edit(self, mark, text):
        self.place.edit(mark, text)

    def delete(self, mark):
        self.place.delete(mark)

    def repeat(self, chance):
        with self.place.world.lock:
            queue = self.place.queue(GROUP)
            if not queue["items"]:
                return False
            _number, update = chance.choice(queue["items"][-LATEST:])
            queue["items"].append([queue["next"], update])
            queue["next"] += 1
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
