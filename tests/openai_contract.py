"""OpenAI's own description of its API, as validators of what is sent and answered."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

OPENAPI_FILE = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "openai_openapi" / "openapi.json"
)
_URI = "urn:openai"


def available() -> bool:
    """Tell whether the official OpenAPI file is on this machine."""
    return OPENAPI_FILE.is_file()


def request_violation(schema: str, body: object) -> str | None:
    """Return how a request breaks a schema of the file, None when it does not.

    A field that the schema does not name is refused, as the real server does.
    """
    return _violation(schema, body, closed=False) or _violation(schema, body, closed=True)


def answer_violation(schema: str, body: object) -> str | None:
    """Return how an answer breaks a schema of the file, None when it does not."""
    return _violation(schema, body, closed=False)


def _violation(schema: str, body: object, *, closed: bool) -> str | None:
    error = best_match(_validator(schema, closed=closed).iter_errors(body))
    if error is None:
        return None
    return f"{schema}: {error.json_path}: {error.message[-300:]}"


@cache
def _validator(schema: str, *, closed: bool) -> Draft202012Validator:
    root: dict[str, object] = {"$ref": f"{_URI}#/components/schemas/{schema}"}
    if closed:
        root["unevaluatedProperties"] = False
    return Draft202012Validator(root, registry=_registry())


@cache
def _registry() -> Registry[Any]:
    document = json.loads(OPENAPI_FILE.read_text("utf-8"))
    schemas = {name: _modern(body) for name, body in document["components"]["schemas"].items()}
    resource = DRAFT202012.create_resource({"components": {"schemas": schemas}})
    registry: Registry[Any] = Registry().with_resource(_URI, resource)
    return registry


def _modern(node: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Rewrite ``nullable``, which OpenAPI 3.1 dropped and this file still uses."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    nullable = node.get("nullable") is True
    plain = {
        key: _modern(value) for key, value in node.items() if key != "nullable" or not nullable
    }
    return {"anyOf": [plain, {"type": "null"}]} if nullable else plain
