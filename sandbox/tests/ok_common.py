"""Short ways to talk to Odnoklassniki on a ground of one's own."""

import hashlib
import http.server
import json
import threading

from sandbox.ok import constants

from .common import TIMEOUT, GroundCase


def signed(parameters, token=constants.TOKEN, secret=constants.APPLICATION_SECRET):
    """Return the parameters with key, token and a signature made by hand."""
    values = {"application_key": constants.APPLICATION_KEY, "format": "json"}
    values.update({k: str(v) for k, v in parameters.items() if v is not None})
    key = hashlib.md5((token + secret).encode()).hexdigest()
    text = "".join(f"{name}={values[name]}" for name in sorted(values))
    values["sig"] = hashlib.md5((text + key).encode()).hexdigest()
    return {**values, "access_token": token}


class OkCase(GroundCase):
    """A ground with the content of Odnoklassniki unless wanted otherwise."""

    def setUp(self):
        super().setUp()
        self.ok = self.ground.application.networks["ok"].ground

    def raw(self, method, http="POST", path="fb.do", **parameters):
        """Call a method; returns the response."""
        values = parameters if path != "fb.do" else {"method": method, **parameters}
        place = "params" if http == "GET" else "data"
        url = f"{self.ground.url}/ok/{path}"
        return self.session.request(
            http, url, timeout=TIMEOUT, **{place: signed(values)}
        )

    def call(self, method, **parameters):
        """Call a method; returns its answer, which must not be an error."""
        answer = self.raw(method, **parameters).json()
        if isinstance(answer, dict):
            self.assertNotIn("error_code", answer, answer)
        return answer

    def refused(self, code, method, **parameters):
        """Expect an error; returns it."""
        response = self.raw(method, **parameters)
        answer = response.json()
        self.assertEqual(answer["error_code"], code, answer)
        self.assertEqual(response.headers["Invocation-Error"], str(code))
        self.assertEqual(set(answer), {"error_code", "error_msg", "error_data"})
        return answer

    def graph(self, http, path, body=None, token=constants.TOKEN, **parameters):
        """Call the graph; returns its answer."""
        url = f"{self.ground.url}/ok/graph/{path}"
        values = {"access_token": token, **parameters}
        kind = {"json": body} if body is not None else {}
        response = self.session.request(
            http, url, params=values, timeout=TIMEOUT, **kind
        )
        self.assertEqual(response.status_code, 200)
        return response.json()

    def comments(self, topic, **more):
        """Read a page of comments."""
        return self.call(
            "discussions.getComments",
            discussionId=topic["id"],
            discussionType="GROUP_TOPIC",
            mark_as_read="false",
            **more,
        )


class Listener:
    """An address that gets webhooks; `statuses` are answered one by one, then 200."""

    def __init__(self, *statuses):
        self.bodies, statuses = [], list(statuses)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                outer.bodies.append(json.loads(self.rfile.read(length)))
                self.send_response(statuses.pop(0) if statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook/1"
        threading.Thread(
            target=self.server.serve_forever, args=(0.01,), daemon=True
        ).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
