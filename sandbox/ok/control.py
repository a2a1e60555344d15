"""The control interface of Odnoklassniki: JSON under `/sandbox/ok/`."""

import base64
import binascii
import copy

from ..errors import WorldError
from . import constants


class OkControl:
    """Actions by HTTP method and path; each gets the JSON body and returns JSON."""

    def __init__(self, ground):
        self.ground = ground

    def handle(self, http_method, parts, body):
        """Return the answer, or raise WorldError, LookupError, ValueError."""
        name = f"{http_method.lower()}_{parts[0].replace('-', '_') if parts else ''}"
        action = getattr(self, f"do_{name}", None)
        if not action:
            raise LookupError("no such action")
        return action(parts[1:], body)

    def do_get_world(self, _parts, _body):
        world = self.ground.world
        hidden = ("photos", "last_ms", "next_topic")
        state = {k: v for k, v in self.ground.state.items() if k not in hidden}
        files = {
            key: {k: v for k, v in record.items() if k != "data"}
            for key, record in world.state["files"].items()
        }
        return {
            **copy.deepcopy(state),
            "group_id": constants.GROUP,
            "users": copy.deepcopy(world.state["users"]),
            "files": files,
            "version": world.state["version"],
            "now": world.now(),
        }

    def do_get_keys(self, _parts, _body):
        return {
            "access_token": constants.TOKEN,
            "application_key": constants.APPLICATION_KEY,
            "application_secret_key": constants.APPLICATION_SECRET,
            "group_id": constants.GROUP,
        }

    def _files(self, body):
        """Return the ids of the pictures in `photos`: base64 or data URLs."""
        photos = list(body.get("photos") or [])
        if len(photos) > constants.ATTACHMENT_LIMIT:
            raise WorldError(f"Не больше {constants.ATTACHMENT_LIMIT} фотографий")
        owner = int(body.get("author_id") or 0) or -1
        contents = []
        for text in photos:
            try:
                text = str(text).rpartition(",")[2]
                contents.append(base64.b64decode(text, validate=True))
            except binascii.Error:
                raise WorldError("Фотография повреждена") from None
        return [self.ground.world.add_file(one, owner)["id"] for one in contents]

    def _date(self, body):
        seconds = int(body.get("seconds_ago") or 0)
        return self.ground.world.now() - seconds if seconds else None

    def do_post_topics(self, _parts, body):
        return self.ground.add_topic(
            body.get("text"),
            int(body.get("author_id") or 0),
            self._files(body),
            self._date(body),
        )

    def do_post_comments(self, _parts, body):
        return self.ground.add_comment(
            body["topic_id"],
            int(body["author_id"]),
            body.get("text"),
            body.get("reply_to"),
            self._files(body),
            self._date(body),
        )

    def do_patch_comments(self, parts, body):
        return self.ground.edit_comment(parts[0], body.get("text"))

    def do_delete_comments(self, parts, body):
        return self.ground.delete_comment(parts[0], body.get("by") or "author")

    def do_post_messages(self, _parts, body):
        return self.ground.add_message(
            int(body["author_id"]),
            body.get("text"),
            self._files(body),
            date=self._date(body),
        )

    def do_patch_messages(self, parts, body):
        return self.ground.edit_message(parts[0], body.get("text"))

    def do_delete_messages(self, parts, _body):
        return self.ground.delete_message(parts[0])

    def do_get_settings(self, _parts, _body):
        return dict(self.ground.state["settings"])

    def do_patch_settings(self, _parts, body):
        """`token_valid`, `comments_allowed`: false takes the right away."""
        settings = self.ground.state["settings"]
        unknown = set(body) - set(settings)
        if unknown:
            raise ValueError(f"unknown setting {', '.join(sorted(unknown))}")
        settings.update({name: bool(value) for name, value in body.items()})
        self.ground.world.changed()
        return dict(settings)

    def do_get_subscriptions(self, _parts, _body):
        return {"subscriptions": copy.deepcopy(self.ground.state["subscriptions"])}
