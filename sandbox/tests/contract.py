"""Validation against the official schema, where it lies beside the repository.

The schema writes `required: true` inside a property, which JSON Schema ignores: the
flags are collected into the list of the parent. Draft 2020-12 is used because draft 7
ignores what stands beside a `$ref`.
"""

import functools
import json
import os
from pathlib import Path

ROOT = "https://schema.invalid/"


def folder():
    """Return the folder of the schema, or None."""
    shared = os.environ.get("HELPDESK_SOCIAL_SHARED")
    shared = Path(shared) if shared else Path(__file__).parents[3] / "shared"
    found = shared / "schemas" / "vk"
    return found if found.is_dir() else None


def _prepare(node):
    """Turn the dialect of the schema into plain JSON Schema, in place."""
    if isinstance(node, list):
        for item in node:
            _prepare(item)
    elif isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            needed = [
                name
                for name, value in properties.items()
                if isinstance(value, dict) and value.get("required") is True
            ]
            if needed:
                node["required"] = needed
        for value in node.values():
            _prepare(value)
        if isinstance(node.get("required"), bool):
            del node["required"]


@functools.cache
def _documents():
    documents = {}
    for path in sorted(folder().glob("*/*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        document.pop("$schema", None)
        document.pop("$id", None)
        if path.name != "methods.json":
            _prepare(document)
        documents[f"{path.parent.name}/{path.name}"] = document
    # A base that forbids everything its heirs add could not be inherited.
    group = documents["groups/objects.json"]["definitions"]["groups_group"]
    group.pop("additionalProperties", None)
    # The schema forbids negative owners of topics and photos in events; pages have
    # negative ids everywhere and VK sends them so.
    callback = documents["callback/objects.json"]["definitions"]
    for name in ("board_post_delete", "photo_comment", "photo_comment_delete"):
        _owners_may_be_pages(callback[f"callback_{name}"])
    return documents


def _owners_may_be_pages(node):
    """Take the minimum from the fields that name an owner, in place."""
    for part in [node, *node.get("allOf", ())]:
        for name, value in part.get("properties", {}).items():
            if name.endswith("owner_id"):
                value.pop("minimum", None)


@functools.cache
def _registry():
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    return Registry().with_resources(
        (ROOT + name, Resource(document, DRAFT202012))
        for name, document in _documents().items()
    )


@functools.cache
def method(name):
    """Return the description of a method."""
    methods = _documents()[f"{name.partition('.')[0]}/methods.json"]["methods"]
    return next(item for item in methods if item["name"] == name)


def problems(reference, value):
    """Return what is wrong with a value: lines of text.

    `reference` such as `wall/responses.json#/definitions/wall_get_response`.
    """
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator({"$ref": ROOT + reference}, registry=_registry())
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in validator.iter_errors(value)
    ]


def response_problems(name, answer, extended=False, variant=None):
    """Return what is wrong with the whole answer of a method."""
    responses = method(name)["responses"]
    key = variant or ("extendedResponse" if extended else "response")
    reference = responses.get(key) or responses["response"]
    return problems(reference["$ref"].removeprefix("../"), answer)
