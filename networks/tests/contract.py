"""The official VK schema as an independent check of what the tests exchange.

The schema is not part of the project. It is looked for in ``shared/schemas/vk``
beside the project, or under ``HELPDESK_SOCIAL_SHARED``; where it (or the
``jsonschema`` package) is missing, the checks are skipped and counted.
"""

from __future__ import annotations

import atexit
import json
import os
from functools import cache
from pathlib import Path

try:
    import jsonschema
except ImportError:
    jsonschema = None

SHARED = Path(
    os.environ.get("HELPDESK_SOCIAL_SHARED") or Path(__file__).parents[3] / "shared"
)
VK = SHARED / "schemas" / "vk"

#: In the documentation, with examples, and accepted by every client library; the
#: schema only knows the other way to name the wall, ``domain``.
UNDESCRIBED = {("wall.get", "owner_id"): "integer"}
ENVELOPE = {"v", "access_token"}

skipped = 0
checked = 0


def _report():
    if skipped:
        print(f"VK schema or jsonschema not found: {skipped} contract checks skipped")


atexit.register(_report)


def available():
    return jsonschema is not None and VK.is_dir()


@cache
def methods():
    found = {}
    for path in VK.glob("*/methods.json"):
        for method in json.loads(path.read_text())["methods"]:
            found[method["name"]] = method
    return found


@cache
def errors():
    described = json.loads((VK / "errors.json").read_text())["errors"]
    return {error["code"] for error in described.values()}


def _prepared(node):
    """References within one document; ``required`` flags moved to the parent."""
    if isinstance(node, list):
        return [_prepared(one) for one in node]
    if not isinstance(node, dict):
        return node
    result = {}
    for name, value in node.items():
        if name == "$ref":
            file, _, pointer = value.partition("#")
            result[name] = f"#/$defs/{_key(file)}{pointer}"
        elif name == "properties":
            flagged = [one for one, what in value.items() if what.get("required")]
            if flagged:
                result["required"] = flagged
            result[name] = {one: _prepared(what) for one, what in value.items()}
        elif name != "required" or isinstance(value, list):
            result[name] = _prepared(value)
    return result


def _key(file):
    return "_".join(Path(file).with_suffix("").parts[-2:])


@cache
def _definitions():
    found = {}
    for path in VK.glob("*/*.json"):
        if path.name in ("objects.json", "responses.json"):
            definitions = json.loads(path.read_text()).get("definitions", {})
            # A property may be called "properties" or "required"; definitions are
            # therefore prepared one by one.
            found[_key(path)] = {
                "definitions": {
                    name: _prepared(one) for name, one in definitions.items()
                }
            }
    return found


def validate(value, reference):
    """Raise AssertionError if ``value`` is not what ``reference`` describes."""
    schema = {**_prepared({"$ref": reference}), "$defs": _definitions()}
    validator = jsonschema.Draft202012Validator(schema)
    for error in validator.iter_errors(value):
        raise AssertionError(f"{reference}: {error.json_path}: {error.message}")


def check(exchanges):
    """Requests: known parameters of the right type. Answers: of a described form."""
    global skipped, checked
    for exchange in exchanges:
        if "." not in exchange.method:
            continue
        if not available():
            skipped += 1
            continue
        checked += 1
        _check_request(exchange)
        _check_answer(exchange)


def _check_request(exchange):
    method = methods()[exchange.method]
    described = {one["name"]: one for one in method.get("parameters", [])}
    for name, value in exchange.params.items():
        if name in ENVELOPE or (exchange.method, name) in UNDESCRIBED:
            continue
        if name not in described:
            raise AssertionError(f"{exchange.method} has no parameter {name}")
        _check_parameter(exchange.method, described[name], value)
    for name, what in described.items():
        if what.get("required") and name not in exchange.params:
            raise AssertionError(f"{exchange.method} needs {name}")


def _check_parameter(method, what, value):
    where = f"{method} {what['name']}={value!r}"
    if what["type"] == "integer":
        number = int(value)
        if number < what.get("minimum", number) or number > what.get("maximum", number):
            raise AssertionError(f"{where} out of range")
    elif what["type"] == "boolean" and value not in ("0", "1"):
        raise AssertionError(f"{where} is not a flag")
    elif what["type"] == "array":
        parts = value.split(",")
        if len(parts) > what.get("maxItems", len(parts)):
            raise AssertionError(f"{where}: too many")
        if what["items"].get("type") == "integer":
            [int(part) for part in parts]
    if "enum" in what and value not in map(str, what["enum"]):
        raise AssertionError(f"{where} is not one of {what['enum']}")


def _check_answer(exchange):
    answer = exchange.answer
    if not isinstance(answer, dict):
        return
    if "error" in answer:
        validate(answer["error"], "../base/objects.json#/definitions/base_error")
        return
    failures = []
    for name, what in methods()[exchange.method]["responses"].items():
        if "extended" in name and exchange.params.get("extended") != "1":
            continue
        try:
            return validate(answer, what["$ref"])
        except AssertionError as error:
            failures.append(str(error))
    raise AssertionError(f"{exchange.method} never answers so: {failures}")
