"""The OpenAPI 3.1 document: made of the table of operations and of the models that validate."""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from importlib import metadata
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from app.web.api.catalogue import PROBLEMS
from app.web.api.links import STEM
from app.web.api.operations import LONGEST_PARAMETER, PARAMETERS, REQUEST_ID, Operation
from app.web.api.problems import Problem
from app.web.api.wire.answers import ProblemBody
from app.web.api.wire.model import WireModel

_REFERENCE: Final = "#/components/schemas/{model}"
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
_KEY: Final = "subscriptionKey"
_BEARER: Final = "bearer"
_SAYS: Final[Mapping[str, str]] = {
    "businessCode": "The legal entity that invoices.",
    "customerNumber": "The shop's own number of the buyer, under which the order was placed.",
    "orderReference": "The order, as the shop calls it.",
    "invoiceReference": "The invoice: your own reference of it, its number, or its document id.",
    "internalRequestId": "The id that an accepted request was answered with.",
    "documentId": "The document's id.",
    "callbackId": "The id that the address was registered under.",
    "deliveryId": "The number of a delivery, as `listDeliveries` shows it.",
}
# What every operation may be answered with; a body adds its own.
_ALWAYS: Final = frozenset({400, 401, 403, 404, 429, 500, 503})
_WITH_BODY: Final = frozenset({408, 409, 413, 415, 504})


class _Schemas(GenerateJsonSchema):
    """Without a title for each field, which would only repeat its name."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


def document(table: Iterable[Operation]) -> dict[str, Any]:
    """The document of these operations."""
    operations = tuple(table)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    paths[f"{STEM}/{{token}}"] = {"get": _FILE}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Faturaflow: the accounting interface",
            "version": metadata.version("faturaflow"),
            "description": "Orders in, exactly one legal Turkish e-invoice for every set of their lines.",
        },
        "servers": [{"url": "/"}],
        "security": [{_KEY: []}, {_BEARER: []}],
        "tags": [{"name": name} for name in dict.fromkeys(each.tag for each in operations)],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "responses": dict(_problems()),
            "headers": _HEADERS,
            "securitySchemes": {
                _KEY: {"type": "apiKey", "in": "header", "name": "X-Subscription-Key"},
                _BEARER: {"type": "http", "scheme": "bearer"},
            },
        },
    }


_HEADERS: Final = {
    "Location": {"description": "Where the request's state can be read.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    "Idempotent-Replayed": {"description": "It was accepted before.", "schema": {"type": "string"}},
    "RateLimit": {"description": "What is left of the limit.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "The limit.", "schema": {"type": "string"}},
}


_FILE: Final = {
    "operationId": "getDocumentFile",
    "summary": "A document's file, by the address that the document is shown with.",
    "description": "Needs no key: it opens for all who have it. Without an ending the header Accept says which form.",
    "tags": ["Documents"],
    "security": [],
    "parameters": [
        {"name": "token", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
    ],
    "responses": {
        "200": {
            "description": "The provider's own file; else ours, which the header Document-Origin says.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("application/pdf", "application/xml", "text/html")
            },
        },
        "202": {"description": "It has no legal number yet.", "content": {_JSON: {"schema": {"type": "object"}}}},
        **{f"{status}": {"$ref": f"#/components/responses/Problem{status}"} for status in (404, 429, 500, 503)},
    },
}


def _operation(each: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": f"Needs a key with the scope `{each.scope}`.",
        "tags": [each.tag],
        "parameters": [*_path_parameters(each), *_query_parameters(each), *_header_parameters(each)],
        "responses": dict(_responses(each)),
    }
    if each.body is not None:
        content = {_JSON: {"schema": {"$ref": _REFERENCE.format(model=each.body.__name__)}}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _path_parameters(each: Operation) -> Iterator[dict[str, Any]]:
    for name in each.parameters:
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_PARAMETER, "pattern": PARAMETERS[name]}
        yield {"name": name, "in": "path", "required": True, "description": _SAYS[name], "schema": schema}


def _query_parameters(each: Operation) -> Iterator[dict[str, Any]]:
    if each.query is None:
        return
    schema = each.query.model_json_schema(by_alias=True, schema_generator=_Schemas, ref_template=_REFERENCE)
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        own = {key: value for key, value in _not_null(field).items() if key not in {"default", "description"}}
        said = {"description": field["description"]} if "description" in field else {}
        yield {"name": name, "in": "query", "required": name in required, **said, "schema": own}


def _not_null(field: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter that is left out is left out: no client writes null into an address."""
    variants = [variant for variant in field.get("anyOf", ()) if variant != {"type": "null"}]
    if len(variants) != 1:
        return field
    return {**variants[0], **{key: value for key, value in field.items() if key != "anyOf"}}


def _header_parameters(each: Operation) -> Iterator[dict[str, Any]]:
    if each.method != "POST":
        return
    said = "Your own id of this request: a repeat with the same id and body is answered as the first one was."
    schema = {"type": "string", "pattern": f"^{REQUEST_ID.pattern}$"}
    yield {"name": "X-Request-ID", "in": "header", "required": False, "description": said, "schema": schema}


def _responses(each: Operation) -> Iterator[tuple[str, Any]]:
    for status, model in each.answers.items():
        yield f"{status}", _success(each, status, model)
    listed = each.query is not None and "cursor" in each.query.model_fields
    others = (_WITH_BODY if each.body is not None else frozenset()) | ({410} if listed else frozenset())
    for status in sorted(_ALWAYS | others):
        yield f"{status}", {"$ref": f"#/components/responses/Problem{status}"}


def _success(each: Operation, status: int, model: type[WireModel]) -> dict[str, Any]:
    names = ["RateLimit", "RateLimit-Policy"]
    names += ["Location", "Retry-After", "Idempotent-Replayed"] if each.body is not None else []
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {_JSON: {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}},
    }


def _problems() -> Iterator[tuple[str, Any]]:
    schema = {"$ref": _REFERENCE.format(model=ProblemBody.__name__)}
    for status in sorted(_ALWAYS | _WITH_BODY | {410}):
        codes = [code for code, kind in PROBLEMS.items() if kind.status == status]
        examples = {code: {"summary": PROBLEMS[code].todo, "value": Problem(code).body()} for code in codes}
        media = {"schema": schema, "examples": examples}
        content = {_PROBLEM: media, _JSON: {"schema": schema}}
        yield f"Problem{status}", {"description": HTTPStatus(status).phrase, "content": content}


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    bodies: dict[tuple[type[WireModel], JsonSchemaMode], None] = {(ProblemBody, "serialization"): None}
    for each in operations:
        bodies |= dict.fromkeys((model, "serialization") for model in each.answers.values())
        bodies |= {(model, "validation"): None for model in (each.body, each.query) if model is not None}
    _, made = models_json_schema(list(bodies), ref_template=_REFERENCE, schema_generator=_Schemas)
    schemas: dict[str, Any] = made["$defs"]
    in_address = {each.query.__name__ for each in operations if each.query is not None}
    return {name: _described(schema) for name, schema in schemas.items() if name not in in_address}


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """A model's docstring as one paragraph; its own name is title enough."""
    described = {key: value for key, value in schema.items() if key != "title"}
    if "description" in described:
        described["description"] = re.sub(r"(?<!\n)\n(?!\n)", " ", described["description"])
    return described
