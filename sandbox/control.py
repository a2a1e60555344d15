"""The control interface of the training ground: JSON under `/sandbox/`.

The page and tests use it. It is no part of any network.
"""

import base64
import binascii
from urllib.parse import unquote

from . import bulk, constants, hostile, seed
from .comments import PLACES
from .errors import WorldError
from .vk import callback, events
from .world import DEFAULT_SETTINGS


class Control:
    """Actions by HTTP method and path; each gets the JSON body and returns JSON."""

    def __init__(self, world, faults, log, deliverer):
        self.world = world
        self.faults = faults
        self.log = log
        self.deliverer = deliverer
        #: Networks with actions of their own under `/sandbox/<name>/`.
        self.networks = {}

    def handle(self, http_method, path, query, body):
        """Return the answer, or raise WorldError, LookupError, ValueError."""
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts[0] in self.networks:
            with self.world.lock:
                return self.networks[parts[0]].control(http_method, parts[1:], body)
        name = f"{http_method.lower()}_{parts[0].replace('-', '_')}"
        action = getattr(self, f"do_{name}", None)
        if not action:
            raise LookupError("no such action")
        with self.world.lock:
            return action(parts[1:], query, body)

    # -- reading

    def do_get_world(self, _parts, _query, _body):
        return self.world.dump()

    def do_get_version(self, _parts, _query, _body):
        return {"version": self.world.state["version"]}

    def do_get_log(self, _parts, query, _body):
        after = int(query.get("after", 0))
        return {"calls": self.log.entries(after, query.get("method"))}

    def do_delete_log(self, _parts, _query, _body):
        self.log.clear()
        return {"ok": True}

    def do_get_tokens(self, _parts, _query, _body):
        return {
            "tokens": [
                {"token": secret, "kind": kind, "owner": owner}
                for secret, (kind, owner) in constants.TOKENS.items()
            ]
        }

    # -- what people do

    def files(self, body, group_id, author_id):
        """Return the ids of the pictures in `photos` (or `photo`): `{"data": base64}`.

        A data URL is understood as well, as browsers make them.
        """
        photos = list(body.get("photos") or [])
        if body.get("photo"):
            photos.append(body["photo"])
        if len(photos) > constants.ATTACHMENT_LIMIT:
            raise WorldError(f"Не больше {constants.ATTACHMENT_LIMIT} фотографий")
        contents = []
        for photo in photos:
            text = photo["data"] if isinstance(photo, dict) else photo
            try:
                text = str(text).rpartition(",")[2]
                contents.append(base64.b64decode(text, validate=True))
            except binascii.Error:
                raise WorldError("Фотография повреждена") from None
        if not contents:
            return []
        owner_id = self.world.author_id(author_id, group_id)
        return [self.world.add_file(c, owner_id)["id"] for c in contents]

    def _date(self, body):
        seconds = int(body.get("seconds_ago") or 0)
        return self.world.now() - seconds if seconds else None

    def do_post_citizens(self, _parts, _query, body):
        return self.world.add_citizen(
            body.get("first_name"), body.get("last_name"), int(body.get("sex") or 0)
        )

    def do_post_posts(self, parts, _query, body):
        if parts:
            group_id, post_id, verb = parts
            if verb != "restore":
                raise LookupError("no such action")
            return self.world.restore_post(group_id, post_id)
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        author_id = body.get("author_id", -group_id)
        files = self.files(body, group_id, author_id)
        return self.world.add_post(
            group_id, author_id, body.get("text"), files, self._date(body)
        )

    def do_patch_posts(self, parts, _query, body):
        group_id, post_id = parts
        return self.world.edit_post(group_id, post_id, body.get("text"))

    def do_delete_posts(self, parts, _query, _body):
        group_id, post_id = parts
        return self.world.delete_post(group_id, post_id)

    def do_post_topics(self, _parts, _query, body):
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        author_id = body.get("author_id", -group_id)
        files = self.files(body, group_id, author_id)
        return self.world.add_topic(
            group_id,
            author_id,
            body.get("title"),
            body.get("text"),
            files,
            self._date(body),
        )

    def do_patch_topics(self, parts, _query, body):
        group_id, topic_id = parts
        return self.world.close_topic(group_id, topic_id, body["closed"])

    def do_delete_topics(self, parts, _query, _body):
        group_id, topic_id = parts
        return self.world.delete_topic(group_id, topic_id)

    def do_post_photos(self, _parts, _query, body):
        """Put pictures, or the drawn picture `scene`, among the photos of a page."""
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        if body.get("scene"):
            return {"ids": [self.world.add_scene(body["scene"], -group_id)["id"]]}
        ids = self.files(body, group_id, -group_id)
        if not ids:
            raise WorldError("Приложите фотографию")
        return {"ids": ids}

    def do_post_videos(self, _parts, _query, body):
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        return self.world.add_video(
            group_id,
            body.get("title"),
            body.get("description"),
            body.get("scene") or "works",
            self._date(body),
        )

    @staticmethod
    def _place(body):
        where = body.get("place") or "wall"
        if where not in PLACES:
            raise ValueError(f"place: {', '.join(PLACES)}")
        return where

    def do_post_comments(self, parts, _query, body):
        where = self._place(body)
        if parts:
            group_id, comment_id, verb = parts
            if verb != "restore":
                raise LookupError("no such action")
            return self.world.restore_comment(group_id, comment_id, where)
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        files = self.files(body, group_id, body["author_id"])
        return self.world.add_comment(
            group_id,
            body[PLACES[where].parent],
            body["author_id"],
            body.get("text"),
            body.get("reply_to"),
            files,
            self._date(body),
            where,
        )

    def do_patch_comments(self, parts, _query, body):
        group_id, comment_id = parts
        where = self._place(body)
        return self.world.edit_comment(
            group_id, comment_id, body.get("text"), where=where
        )

    def do_delete_comments(self, parts, _query, body):
        group_id, comment_id = parts
        where = self._place(body)
        return self.world.delete_comment(group_id, comment_id, where=where)

    def do_post_messages(self, _parts, _query, body):
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        files = self.files(body, group_id, body["author_id"])
        return self.world.add_message(
            group_id, body["author_id"], body.get("text"), files, self._date(body)
        )

    def do_patch_messages(self, parts, _query, body):
        group_id, message_id = parts
        return self.world.edit_message(group_id, message_id, body.get("text"))

    def do_delete_messages(self, parts, _query, _body):
        group_id, message_id = parts
        return self.world.delete_message(group_id, message_id)

    # -- many things at once

    def do_post_bulk(self, _parts, _query, body):
        """Write `count` messages in `network`; nothing else happens meanwhile."""
        ids = bulk.make(
            self.world,
            body.get("network", "vk"),
            int(body.get("count", 100)),
            body.get("seed", 1),
            int(body.get("group_id", constants.ADMINISTRATION)),
        )
        return {"count": len(ids), "ids": ids}

    def do_get_hostile(self, _parts, _query, _body):
        return {"samples": [sample["name"] for sample in hostile.samples()]}

    def do_post_hostile(self, _parts, _query, body):
        group_id = int(body.get("group_id", constants.ADMINISTRATION))
        return hostile.write(self.world, group_id, body.get("names") or ())

    # -- the ground itself

    def do_post_reset(self, _parts, _query, body):
        self.faults.clear()
        self.faults.calm()
        self.deliverer.forget()
        for network in self.networks.values():
            network.forget()
        self.log.clear()
        self.world.replace(seed.new_state(with_content=body.get("seed", True)))
        return {"version": self.world.state["version"]}

    def do_get_settings(self, _parts, _query, _body):
        return dict(self.world.state["settings"])

    def do_patch_settings(self, _parts, _query, body):
        changes = {}
        for name, value in body.items():
            if name not in DEFAULT_SETTINGS:
                raise ValueError(f"unknown setting {name!r}")
            changes[name] = type(DEFAULT_SETTINGS[name])(value)
        self.world.state["settings"].update(changes)
        self.world.changed()
        return dict(self.world.state["settings"])

    def do_get_faults(self, _parts, _query, _body):
        return {"faults": self.faults.waiting()}

    def do_post_faults(self, _parts, _query, body):
        allowed = ("method", "kind", "times", "code", "seconds")
        wish = {k: body[k] for k in allowed if k in body}
        return self.faults.add(wish.pop("method", "*"), wish.pop("kind", ""), **wish)

    def do_delete_faults(self, _parts, _query, _body):
        self.faults.clear()
        return {"ok": True}

    def do_get_chaos(self, _parts, _query, _body):
        return self.faults.chaos()

    def do_post_chaos(self, _parts, _query, body):
        chances = {name: value for name, value in body.items() if name != "seed"}
        self.faults.rage(body.get("seed", 1), chances)
        return self.faults.chaos()

    def do_delete_chaos(self, _parts, _query, _body):
        self.faults.calm()
        return self.faults.chaos()

    def do_get_callback(self, parts, _query, _body):
        return self.deliverer.state(parts[0])

    def do_post_callback(self, parts, _query, _body):
        """`confirm`: ask a server for the code once more."""
        group_id, server_id, verb = parts
        group = self.world.group(group_id)
        server = group["callback"]["servers"].get(server_id)
        if verb != "confirm" or not server:
            raise LookupError("no such action")
        callback.confirm(self.world, group, server)
        return self.deliverer.state(group_id)

    def do_get_long_poll(self, parts, _query, _body):
        queue = self.world.group(parts[0])["long_poll"]
        hidden = ("key", "events")
        return {
            **{k: v for k, v in queue.items() if k not in hidden},
            "stored": len(queue["events"]),
        }

    def do_post_long_poll(self, parts, _query, body):
        """`expire` (failed 2), `forget` (1), `lose` (3), `drop` the next `count`."""
        group_id, verb = parts
        group = self.world.group(group_id)
        if verb == "expire":
            events.expire_key(group)
        elif verb == "forget":
            events.forget_history(group)
        elif verb == "lose":
            events.lose_everything(group)
        elif verb == "drop":
            group["long_poll"]["drop"] = max(0, int(body.get("count", 1)))
        else:
            raise LookupError("no such action")
        self.world.changed()
        return self.do_get_long_poll([group_id], {}, {})
