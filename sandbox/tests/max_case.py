"""A ground with MAX and short ways to talk to it; the official description."""

import functools
import json
import os
from pathlib import Path

from sandbox.max.world import MaxWorld, channel_id, dialog_id

from .common import TIMEOUT, GroundCase

TOKEN = "sandbox-max-token-1"
HEAD_TOKEN = "sandbox-max-token-2"
CHANNEL = channel_id(1)


class MaxCase(GroundCase):
    """Each answer of a success is held against the official description."""

    def setUp(self):
        super().setUp()
        self.place = MaxWorld(self.world)
        self.place.settings["rate_limit"] = self.rate_limit

    def raw(self, verb, path, token=TOKEN, body=None, **query):
        """Call a method; returns the response."""
        return self.session.request(
            verb,
            f"{self.ground.url}/max{path}",
            params=query,
            json=body,
            headers={"Authorization": token} if token else {},
            timeout=TIMEOUT,
        )

    def max(self, verb, path, body=None, **query):
        """Call a method; returns its answer."""
        response = self.raw(verb, path, body=body, **query)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def refused(self, status, verb, path, token=TOKEN, body=None, **query):
        """Expect an error; returns its code."""
        response = self.raw(verb, path, token, body, **query)
        self.assertEqual(response.status_code, status, response.text)
        answer = response.json()
        self.assertEqual(set(answer), {"code", "message"})
        return answer["code"]

    def post(self, text="Ремонт дорог"):
        return self.place.add_post(1, text)["mid"]

    def comment(self, post, text="Яма", author=101, **other):
        return self.place.add_comment(post, author, text, **other)["mid"]

    def message(self, text="Здравствуйте", author=101, **other):
        return self.place.add_message(1, author, text, **other)["mid"]

    @staticmethod
    def dialog(user_id=101):
        return dialog_id(1, user_id)

    def updates(self, marker=None, **query):
        return self.max("GET", "/updates", marker=marker, timeout=0, **query)


def description():
    """Return the official description, or None where it does not lie beside."""
    shared = os.environ.get("HELPDESK_SOCIAL_SHARED")
    shared = Path(shared) if shared else Path(__file__).parents[3] / "shared"
    found = sorted((shared / "schemas" / "max").glob("swagger*.json"))
    return found[-1] if found else None


@functools.cache
def _document():
    document = json.loads(description().read_text(encoding="utf-8"))
    return {"components": _prepared(document["components"])}


def _prepared(node):
    """Turn OpenAPI 3.0 into plain JSON Schema.

    `nullable` becomes a type; what is listed as required but nullable may be missing,
    as it is in the samples beside the description.
    """
    if isinstance(node, list):
        return [_prepared(one) for one in node]
    if not isinstance(node, dict):
        return node
    result = {name: _prepared(value) for name, value in node.items()}
    result.pop("discriminator", None)
    properties = node.get("properties")
    if isinstance(properties, dict) and isinstance(node.get("required"), list):
        result["required"] = [
            name
            for name in node["required"]
            if name in properties and not properties[name].get("nullable")
        ]
    if node.get("nullable") is True:
        del result["nullable"]
        return {"anyOf": [{"type": "null"}, result]}
    return result


def problems(name, value):
    """Return what is wrong with a value of a schema such as `Message`."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    root = "https://schema.invalid/max"
    registry = Registry().with_resource(root, Resource(_document(), DRAFT202012))
    reference = {"$ref": f"{root}#/components/schemas/{name}"}
    validator = Draft202012Validator(reference, registry=registry)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in validator.iter_errors(value)
    ]
