"""What MAX describes of its methods, as a check of what the tests exchange.

Which parameters and fields a method has, and which it needs, stands in :data:`METHODS`,
out of the documentation. The official description is not part of the project: where it
lies beside it (see :mod:`.contract`), requests and answers are held against it too;
where it is missing, those checks are skipped and counted.
"""

from __future__ import annotations

import atexit
import json
import re
from functools import cache

from .contract import SHARED, jsonschema

#: "VERB path" -> (query parameters, those required, body fields, those required)
METHODS = {
    "GET me": ((), (), None, ()),
    "GET updates": (("limit", "timeout", "marker", "types"), (), None, ()),
    "GET subscriptions": ((), (), None, ()),
    "POST subscriptions": ((), (), ("url", "secret", "update_types"), ("url",)),
    "DELETE subscriptions": (("url",), ("url",), None, ()),
    "GET chats": (("count", "marker"), (), None, ()),
    "GET chats/*": ((), (), None, ()),
    "GET chats/*/members": (("user_ids", "count", "marker"), (), None, ()),
    "GET chats/*/members/me": ((), (), None, ()),
    "GET messages": (
        ("chat_id", "message_ids", "from", "to", "count"),
        (),
        None,
        (),
    ),
    "GET messages/*": ((), (), None, ()),
    "POST messages": (
        ("chat_id", "user_id", "disable_link_preview"),
        ("chat_id",),
        ("text", "attachments", "link", "notify", "format"),
        ("text",),
    ),
    "PUT messages": (
        ("message_id",),
        ("message_id",),
        ("text", "attachments", "link", "notify", "format"),
        ("text",),
    ),
    "DELETE messages": (("message_id",), ("message_id",), None, ()),
    "GET messages/*/comments": (
        ("after", "before", "count", "comment_ids"),
        (),
        None,
        (),
    ),
    "GET messages/*/comments/*": ((), (), None, ()),
    "POST messages/*/comments": (
        ("disable_link_preview",),
        (),
        ("text", "link", "format"),
        ("text",),
    ),
    "PUT messages/*/comments": (
        ("comment_id",),
        ("comment_id",),
        ("text", "link", "format"),
        ("text",),
    ),
    "DELETE messages/*/comments": (("comment_id",), ("comment_id",), None, ()),
    "POST uploads": (("type",), ("type",), None, ()),
}
#: what the official description does not have
UNDESCRIBED = re.compile(r"comments|upload$")
SWAGGER = SHARED / "schemas" / "max" / "swagger-0.0.32-20260603.json"

skipped = 0


def _report():
    if skipped:
        print(f"MAX description or jsonschema not found: {skipped} checks skipped")


atexit.register(_report)


def check(exchanges, token):
    """Raise AssertionError for an exchange that MAX does not describe."""
    for exchange in exchanges:
        if exchange.path != "upload":
            _check_request(exchange, token)
            _check_official(exchange)


def _check_request(exchange, token):
    method = exchange.method
    params, required, fields, needed = METHODS[method]
    assert set(exchange.query) <= set(params), (method, exchange.query)
    assert set(required) <= set(exchange.query), (method, exchange.query)
    if method == "GET messages":
        # One of both, as MAX says.
        assert len({"chat_id", "message_ids"} & set(exchange.query)) == 1, exchange
    assert exchange.headers["Authorization"] == token, method
    assert token not in f"{exchange.path}{exchange.query}{exchange.body}"
    body = exchange.body if fields is not None else {}
    assert set(body) <= set(fields or ()), (method, body)
    assert set(needed) <= set(body), (method, body)


def _check_official(exchange):
    global skipped
    if UNDESCRIBED.search(exchange.path) or exchange.status >= 300:
        return
    if jsonschema is None or not SWAGGER.is_file():
        skipped += 1
        return
    described = _operation(exchange.method)
    names = {one["name"] for one in described.get("parameters", ())}
    assert set(exchange.query) <= names, (exchange.method, exchange.query)
    if exchange.body:
        _validate(exchange.body, exchange.method, "requestBody")
    _validate(exchange.answer, exchange.method, "200")


@cache
def _official():
    return _plain(json.loads(SWAGGER.read_text(encoding="utf-8")))


def _plain(node):
    """The dialect of OpenAPI 3.0 as JSON Schema; answers may lack what is null."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _plain(one) for name, one in node.items() if name != "discriminator"}
    if made.pop("nullable", False) is True:
        return {"anyOf": [made, {"type": "null"}]}
    # MAX leaves out what it describes as required and gives as null.
    made.pop("required", None) if isinstance(made.get("required"), list) else None
    return made


@cache
def _operation(method):
    verb, _, path = method.partition(" ")
    for name, operations in _official()["paths"].items():
        if re.sub(r"\{\w+\}", "*", name).lstrip("/") == path:
            if verb.lower() in operations:
                return operations[verb.lower()]
    raise AssertionError(f"MAX has no {method}")


@cache
def _validator(method, side):
    described = _operation(method)
    holder = described.get(side) or described["responses"][side]
    if "$ref" in holder:
        name = holder["$ref"].rpartition("/")[2]
        holder = _official()["components"]["responses"][name]
    schema = holder["content"]["application/json"]["schema"]
    document = {**schema, "components": _official()["components"]}
    return jsonschema.Draft202012Validator(document)


def _validate(value, method, side):
    for problem in _validator(method, side).iter_errors(value):
        raise AssertionError(f"{method}: {problem.json_path}: {problem.message[:300]}")
