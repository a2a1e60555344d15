"""The HTTP server: networks, uploads, pictures, the page, the control interface."""

import json
import logging
import socket
import threading
from pathlib import Path

from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import constants, pictures, seed, storage, traps
from .control import Control
from .faults import CallLog, Faults, cut
from .max.network import MaxNetwork
from .ok.network import OkNetwork
from .vk import api, delivery, events, uploads, wire
from .vk.errors import ApiError
from .world import World, WorldError

_logger = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: The page loads nothing from elsewhere and runs no code of a visitor.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def to_json(payload, base, status=200):
    """Return a JSON answer whose addresses point at this server."""
    text = json.dumps(payload, ensure_ascii=False).replace(wire.BASE, base)
    return Response(text, status, content_type="application/json; charset=utf-8")


class Application:
    """The WSGI application of one world."""

    def __init__(self, world):
        self.world = world
        self.faults = Faults()
        self.log = CallLog()
        self.limiter = api.Limiter()
        self.deliverer = delivery.Deliverer(world, self.faults, self.log)
        self.control = Control(world, self.faults, self.log, self.deliverer)
        self.stopping = threading.Event()
        #: Name of a network, also the first part of its paths -> the network.
        self.networks = self.control.networks = {
            "max": MaxNetwork(self),
            "ok": OkNetwork(self, to_json),
        }

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.max_content_length = constants.BODY_LIMIT
        request.max_form_memory_size = constants.BODY_LIMIT
        try:
            response = self.answer(request)
        except HTTPException as error:
            response = error.get_response(environ)
        finally:
            # Uploaded files lie in temporary files until they are closed.
            request.close()
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)

    def answer(self, request):
        """Return the response for a request by the first part of its path."""
        first, _slash, rest = request.path.lstrip("/").partition("/")
        handlers = {
            "method": self.vk_method,
            "whp": self.vk_long_poll,
            "upload": self.vk_upload,
            "files": self.file,
            "avatars": self.avatar,
            "static": self.static,
            "sandbox": self.control_call,
        }
        if first in self.networks:
            return self.networks[first].answer(request, rest)
        if not first or (first.endswith(".html") and not rest):
            return self.static(request, first or "index.html")
        if first not in handlers:
            raise NotFound()
        return handlers[first](request, rest)

    # -- VK

    def vk_method(self, request, method):
        """Answer `/method/<name>`, by GET or POST."""
        values = {**request.args.to_dict(), **request.form.to_dict()}
        bearer = request.headers.get("Authorization", "")
        secret = values.get("access_token", "")
        if not secret and bearer.lower().startswith("bearer "):
            secret = bearer[7:].strip()
        token = api.token_name(secret)
        fault = self.faults.take(method)
        kind = fault and fault["kind"]
        if kind == "http":
            self.log.add(method, token, f"http {fault['code']}", request.method)
            return Response("Bad Gateway", fault["code"], content_type="text/html")
        try:
            if kind == "error":
                raise ApiError(fault["code"])
            answer = api.execute(self.world, self.limiter, method, values, secret)
            payload, outcome = {"response": answer}, "ok"
        except ApiError as error:
            payload = error.envelope(method, values)
            outcome = f"error {error.code}"
        except WorldError as error:
            payload = ApiError(100, str(error)).envelope(method, values)
            outcome = "error 100"
        except Exception:
            _logger.exception("%s failed", method)
            payload, outcome = ApiError(10).envelope(method, values), "error 10"
        if kind in ("hang", "drop", "truncate"):
            outcome = f"{outcome}, {kind}"
        self.log.add(method, token, outcome, request.method)
        response = to_json(payload, request.host_url.rstrip("/"))
        return self.finish(request, response, fault)

    def finish(self, request, response, fault):
        """Do to the answer what a fault does after the action was performed."""
        kind = fault and fault["kind"]
        if kind == "hang":
            self.stopping.wait(fault["seconds"])
        if kind == "drop":
            self.hang_up(request)
        if kind == "truncate":
            response.set_data(cut(response.get_data()))
        return response

    @staticmethod
    def hang_up(request):
        """Cut the connection: the client never learns whether it was done."""
        connection = request.environ.get("werkzeug.socket")
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("dropped on purpose")

    def vk_long_poll(self, request, group_id):
        """Answer `/whp/<group>?act=a_check&key&ts&wait`."""
        if request.args.get("act") != "a_check":
            raise NotFound()
        try:
            # A ts that is no number is out of date as well.
            ts = int(request.args.get("ts") or -1)
        except ValueError:
            ts = -1
        wait = request.args.get("wait", 0, type=int)
        key = request.args.get("key", "")
        token = f"{constants.COMMUNITY}:{group_id}"
        fault = self.faults.take("a_check")
        if fault and fault["kind"] in ("http", "error"):
            code = fault["code"] if fault["kind"] == "http" else 500
            self.log.add("a_check", token, f"http {code}", "GET")
            return Response("Bad Gateway", code, content_type="text/html")
        failing = self.faults.take_failed()
        try:
            if failing:
                events.fail(self.world, group_id, failing)
            answer = events.check(self.world, group_id, key, ts, wait)
        except WorldError:
            raise NotFound() from None
        outcome = f"failed {answer['failed']}" if "failed" in answer else "ok"
        if fault:
            outcome = f"{outcome}, {fault['kind']}"
        self.log.add("a_check", token, outcome, "GET")
        response = to_json(answer, request.host_url.rstrip("/"))
        return self.finish(request, response, fault)

    def vk_upload(self, request, kind):
        """Take a file sent to an upload address."""
        if kind not in ("photo", "doc") or request.method != "POST":
            raise NotFound()
        upload = next(iter(request.files.values()), None)
        answer = uploads.receive(
            kind,
            request.args.get("owner", "0"),
            request.args.get("hash", ""),
            upload.filename if upload else "",
            upload.read() if upload else b"",
        )
        return to_json(answer, request.host_url.rstrip("/"))

    # -- pictures and the page

    def file(self, _request, rest):
        """Serve `/files/<id>/<access key>.<extension>`."""
        file_id, _slash, name = rest.partition("/")
        key = name.partition(".")[0]
        record = self.world.file(file_id, key)
        if not record:
            raise NotFound()
        if record.get("trap"):
            response = traps.spring(record["trap"], record["mime"], self.stopping)
        else:
            mime, data = self.world.file_bytes(file_id, key)
            response = Response(data, content_type=mime)
        response.headers["Cache-Control"] = "private, max-age=86400, immutable"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def avatar(self, request, name):
        """Serve `/avatars/<owner>.png` (or `.svg`); a page has a negative id."""
        owner, _dot, extension = name.rpartition(".")
        try:
            owner_id = int(owner)
            if owner_id > 0:
                record = self.world.user(owner_id)
                initials = record["first_name"][:1] + record["last_name"][:1]
            else:
                record = self.world.group(-owner_id)
                initials = "".join(word[0] for word in record["name"].split()[::2])
        except (ValueError, WorldError):
            raise NotFound() from None
        if extension == "svg":
            text = pictures.avatar_svg(initials.upper(), record["colour"])
            return Response(text, content_type="image/svg+xml")
        size = min(max(request.args.get("size", 100, type=int), 16), 400)
        data = pictures.avatar_png(record["colour"], size)
        return Response(data, content_type="image/png")

    def static(self, request, name):
        """Serve the page; only names that stand in its folder."""
        path = STATIC / name
        if request.method not in ("GET", "HEAD") or path.parent != STATIC:
            raise NotFound()
        if path.suffix not in TYPES or not path.is_file():
            raise NotFound()
        response = Response(path.read_bytes(), content_type=TYPES[path.suffix])
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def control_call(self, request, rest):
        """Answer the control interface: JSON in, JSON out."""
        base = request.host_url.rstrip("/")
        body = {}
        if request.method in ("POST", "PATCH", "DELETE"):
            # A form of another site cannot send this type: no forged requests.
            if request.mimetype != "application/json":
                return to_json({"error": "send application/json"}, base, 415)
            try:
                body = json.loads(request.get_data() or b"{}")
            except RequestEntityTooLarge:
                return to_json({"error": "Слишком большой файл"}, base, 413)
            except ValueError:
                body = None
            if not isinstance(body, dict):
                return to_json({"error": "send a JSON object"}, base, 400)
        try:
            answer = self.control.handle(request.method, rest, request.args, body)
        except WorldError as error:
            return to_json({"error": str(error)}, base, 400)
        except LookupError as error:
            status = 400 if isinstance(error, KeyError) else 404
            return to_json({"error": f"not found: {error}"}, base, status)
        except (TypeError, ValueError) as error:
            return to_json({"error": str(error)}, base, 400)
        return to_json(answer, base)


class QuietHandler(WSGIRequestHandler):
    """Keeps addresses out of the log: they may hold secrets."""

    def log(self, *_args, **_kwargs):
        """Log nothing."""


class SandboxServer:
    """A running training ground.

    >>> with SandboxServer(port=0, seed=True) as ground:
    ...     requests.get(ground.url)

    :param port: TCP port; 0 takes a free one
    :param seed: start with the posts and conversations of the town
    :param state_path: file that keeps the world between starts
    """

    def __init__(self, port=0, host="127.0.0.1", seed=True, state_path=None):
        self.world = World(self._state(seed, state_path), state_path)
        self.application = Application(self.world)
        self._server = make_server(
            host,
            port,
            self.application,
            threaded=True,
            request_handler=QuietHandler,
        )
        self._server.daemon_threads = True
        self._thread = None
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_port}"
        self.application.deliverer.base = self.url
        for network in self.application.networks.values():
            network.start(self.url)

    @staticmethod
    def _state(with_content, path):
        saved = storage.read_state(path) if path else None
        if saved:
            return saved
        state = seed.new_state(with_content)
        if path:
            storage.write_state(path, state)
        return state

    @property
    def faults(self):
        """The faults that wait for calls."""
        return self.application.faults

    @property
    def log(self):
        """The calls that came in."""
        return self.application.log

    def serve_forever(self):
        """Serve in this thread until `stop`."""
        self._server.serve_forever(poll_interval=0.1)

    def start(self):
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()
        return self

    def stop(self):
        """Let waiting requests go, stop and free the port."""
        self.application.stopping.set()
        self.application.deliverer.stop()
        for network in self.application.networks.values():
            network.stop()
        self.world.close()
        self._server.shutdown()
        if self._thread:
            self._thread.join(5)
        self._server.server_close()
        self.world.save()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        self.stop()
