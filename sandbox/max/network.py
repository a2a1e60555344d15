"""MAX as a part of the server: requests of bots, uploads, the control interface."""

import json
import logging

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from ..errors import WorldError
from ..vk.wire import BASE
from . import api, wire
from .call import Call, Limiter
from .delivery import Deliverer
from .errors import MaxError
from .world import DEFAULT_SETTINGS, TOKENS, MaxWorld

_logger = logging.getLogger(__name__)


class MaxNetwork:
    """Answers everything under `/max` and `/sandbox/max`.

    :param application: the server: its world, faults, log and way to break answers
    """

    def __init__(self, application):
        self.application = application
        self.place = MaxWorld(application.world)
        self.limiter = Limiter()
        self.deliverer = Deliverer(self.place, application.faults, application.log)

    def start(self, url):
        """Learn the address of the server."""
        self.deliverer.base = url

    def forget(self):
        """The world begins anew."""
        self.deliverer.forget()

    def stop(self):
        """The server ends."""
        self.deliverer.stop()

    # -- bots

    def answer(self, request, path):
        """Answer a call of a bot."""
        if path == "upload":
            return self.upload(request)
        verb = request.method
        pattern, method, variable = api.route(verb, path)
        name = f"max {verb} /{pattern or '?'}"
        token = request.headers.get("Authorization", "")
        group = TOKENS.get(token)
        who = f"bot:{group}" if group else "invalid" if token else "none"
        application = self.application
        fault = application.faults.take(name, ("error", 429))
        kind = fault and fault["kind"]
        if kind == "http":
            application.log.add(name, who, f"http {fault['code']}", verb)
            return Response("Bad Gateway", fault["code"], content_type="text/html")
        try:
            if kind == "error":
                raise MaxError(fault["code"] if fault["code"] >= 400 else 500)
            payload, status = self._run(request, group, pattern, method, variable), 200
        except MaxError as error:
            payload, status = error.payload(), error.status
        except WorldError as error:
            payload, status = MaxError(400, str(error)).payload(), 400
        except Exception:
            _logger.exception("%s failed", name)
            payload, status = MaxError(500).payload(), 500
        outcome = "ok" if status == 200 else f"error {status} {payload['code']}"
        if kind in ("hang", "drop", "truncate"):
            outcome = f"{outcome}, {kind}"
        application.log.add(name, who, outcome, verb)
        return application.finish(request, _json(request, payload, status), fault)

    def _run(self, request, group, pattern, method, variable):
        if group is None:
            raise MaxError(401)
        if pattern is None:
            raise MaxError(404, "Path not found")
        if method is None:
            raise MaxError(405)
        body = {}
        if request.method in ("POST", "PUT") and pattern != "uploads":
            try:
                body = json.loads(request.get_data() or b"{}")
            except (ValueError, RecursionError):
                body = None
            if not isinstance(body, dict):
                raise MaxError(400, "The body is not a JSON object")
        query = request.args.to_dict()
        # Lists come in one parameter or in several.
        for name in ("types", "message_ids", "comment_ids"):
            if name in query:
                query[name] = ",".join(request.args.getlist(name))
        call = Call(self.place, group, query, body, self.limiter, variable)
        with self.place.world.lock:
            return method(call)

    def upload(self, request):
        """Take a file at an address that `POST /uploads` gave."""
        kind, group = request.args.get("type", ""), request.args.get("bot", "")
        if request.method != "POST" or request.args.get("sig") != api.signature(
            kind, group
        ):
            raise NotFound()
        file = next(iter(request.files.values()), None)
        data = file.read() if file else b""
        try:
            if not data:
                raise WorldError("No file")
            record = self.place.world.add_file(
                data,
                -int(group),
                "message_photo" if kind == "image" else "doc",
                file.filename or "",
            )
        except WorldError as error:
            return _json(request, MaxError(400, str(error)).payload(), 400)
        token = wire.file_token(record)
        if kind == "image":
            return _json(request, {"photos": {str(record["id"]): {"token": token}}})
        return _json(request, {"fileId": record["id"], "token": token})

    # -- people, by the page or by tests

    def control(self, http_method, parts, body):
        """Answer `/sandbox/max/…`; raises WorldError, LookupError, ValueError."""
        name = f"do_{http_method.lower()}_{parts[0] if parts else ''}"
        action = getattr(self, name, None)
        if not action:
            raise LookupError("no such action")
        return action(parts[1:], body)

    def _at(self, body):
        seconds = int(body.get("seconds_ago") or 0)
        return self.place.now() - seconds * 1000 if seconds else None

    def _photos(self, body, group_id, author_id):
        return self.application.control.files(body, group_id, author_id)

    def do_post_posts(self, _parts, body):
        group_id = int(body.get("group_id", 1))
        files = self._photos(body, group_id, -group_id)
        return self.place.add_post(group_id, body.get("text"), files, self._at(body))

    def do_post_comments(self, _parts, body):
        return self.place.add_comment(
            body["post"],
            int(body["author_id"]),
            body.get("text"),
            body.get("reply_to"),
            self._at(body),
        )

    def do_post_messages(self, _parts, body):
        group_id = int(body.get("group_id", 1))
        author = int(body["author_id"])
        files = self._photos(body, group_id, author)
        return self.place.add_message(
            group_id, author, body.get("text"), files, at=self._at(body)
        )

    def do_patch_messages(self, parts, body):
        silent = bool(body.get("silent"))
        return self.place.edit(parts[0], body.get("text"), silent=silent)

    def do_delete_messages(self, parts, body):
        return self.place.delete(parts[0], silent=bool(body.get("silent")))

    def do_patch_dialogs(self, parts, body):
        """`stopped`: the citizen stops the bot, or lets it in again."""
        group_id = int(body.get("group_id", 1))
        return self.place.stop_bot(group_id, int(parts[0]), body.get("stopped", True))

    def do_get_settings(self, _parts, _body):
        return dict(self.place.settings)

    def do_patch_settings(self, _parts, body):
        for name, value in body.items():
            if name not in DEFAULT_SETTINGS:
                raise ValueError(f"unknown setting {name!r}")
            self.place.settings[name] = type(DEFAULT_SETTINGS[name])(value)
        self.place.world.changed()
        return dict(self.place.settings)

    def do_get_tokens(self, _parts, _body):
        return {"tokens": [{"token": k, "owner": v} for k, v in TOKENS.items()]}

    def do_post_updates(self, parts, _body):
        """`forget`: the events that wait for the bot of a page are lost."""
        group_id, verb = parts
        if verb != "forget":
            raise LookupError("no such action")
        queue = self.place.queue(self.place.world.group(group_id)["id"])
        lost = len([one for one in queue["items"] if one[0] >= queue["read"]])
        queue.update(items=[], read=queue["next"])
        self.place.world.changed()
        return {"lost": lost}


def _json(request, payload, status=200):
    text = json.dumps(payload, ensure_ascii=False)
    text = text.replace(BASE, request.host_url.rstrip("/"))
    return Response(text, status, content_type="application/json; charset=utf-8")
