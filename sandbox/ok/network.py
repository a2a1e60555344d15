"""The part of the server under `/ok`: requests to calls, answers, faults, the log."""

import json
import logging

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from ..errors import WorldError
from . import api, constants, graph
from .control import OkControl
from .errors import ApiError
from .hooks import Hooks
from .world import OkWorld

_logger = logging.getLogger(__name__)

#: How Odnoklassniki refuses calls that come too often.
RATE_LIMIT = ("error", 8)


class OkNetwork:
    """Odnoklassniki on one ground.

    :param application: the whole server, whose faults, log and files are shared.
    :param to_json: makes a response out of an answer and the server's address.
    """

    def __init__(self, application, to_json):
        self.application = application
        self.to_json = to_json
        self.ground = OkWorld(application.world)
        self.hooks = Hooks(
            self.ground, application.faults, application.log, application.stopping
        )
        self._control = OkControl(self.ground)

    def start(self, url):
        """Learn the address of this server, for the pictures in events."""
        self.hooks.base = url

    def stop(self):
        """End with the server: the thread of the webhooks looks for that itself."""

    def forget(self):
        """Begin anew: nothing of the old world is delivered any more."""
        self.hooks.forget()

    def control(self, http_method, parts, body):
        """Answer the control interface; see OkControl."""
        return self._control.handle(http_method, parts, body)

    def answer(self, request, rest):
        """Answer `/ok/<rest>`."""
        if rest == "upload":
            return self.upload(request)
        parameters = {**request.args.to_dict(), **request.form.to_dict()}
        if rest.startswith("graph/"):
            path = rest.removeprefix("graph/")
            kind = path.split("/")[0 if path.startswith("chat:") else 1 :][:1]
            method = f"graph.{request.method.lower()}.{''.join(kind)}"

            def act():
                graph.check_token(self.ground, parameters)
                body = request.get_json(silent=True)
                return graph.execute(
                    self.ground, request.method, path, parameters, body
                )

        elif rest == "fb.do" or rest.startswith("api/"):
            method = parameters.get("method", "")
            if rest.startswith("api/"):
                method = rest.removeprefix("api/").strip("/").replace("/", ".")

            def act():
                return api.execute(self.ground, method, parameters)

        else:
            raise NotFound()
        return self.call(request, method, act, parameters.get("access_token", ""))

    def call(self, request, method, act, secret):
        """Run a call with the faults that wait for it, and record it."""
        application = self.application
        name = "ok" if secret == constants.TOKEN else "invalid" if secret else "none"
        fault = application.faults.take(method, RATE_LIMIT)
        kind = fault and fault["kind"]
        if kind == "http":
            application.log.add(method, name, f"http {fault['code']}", request.method)
            return Response("Bad Gateway", fault["code"], content_type="text/html")
        headers = {}
        try:
            if kind == "error":
                raise ApiError(fault["code"])
            payload, outcome = act(), "ok"
        except ApiError as error:
            payload, outcome = error.envelope(), f"error {error.code}"
            headers["Invocation-Error"] = str(error.code)
        except Exception:
            _logger.exception("%s failed", method)
            payload, outcome = ApiError(9999).envelope(), "error 9999"
        if kind in ("hang", "drop", "truncate"):
            outcome = f"{outcome}, {kind}"
        application.log.add(method, name, outcome, request.method)
        response = self.to_json(payload, request.host_url.rstrip("/"))
        response.headers.extend(headers)
        return application.finish(request, response, fault)

    def upload(self, request):
        """Take the photos sent to an upload address: `{"photos": {id: token}}`."""
        if request.method != "POST":
            raise NotFound()
        ids = [one for one in request.args.get("photoIds", "").split(",") if one]
        contents = [one.read() for one in request.files.values()]
        if not contents and request.get_data():
            contents = [request.get_data()]
        tokens = {}
        try:
            for photo_id, data in zip(ids, contents, strict=False):
                tokens[photo_id] = {"token": self.ground.take_photo(photo_id, data)}
        except WorldError as error:
            return Response(
                json.dumps(ApiError(100, str(error)).envelope()),
                content_type="application/json",
            )
        return self.to_json({"photos": tokens}, request.host_url.rstrip("/"))
