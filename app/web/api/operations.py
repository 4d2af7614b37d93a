"""What an operation of the API is: its place, its scope, its models and what carries it out.

The router, the checks before a handler and the OpenAPI document are made from the one table of them.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from app.domain.errors import FieldError
from app.domain.field_errors import field_errors
from app.domain.identity import BUSINESS_PATTERN
from app.store import ApiKey, Scope
from app.web.api.problems import Problem
from app.web.api.wire.model import ORDER_REFERENCE, WireModel

STEM: Final = "/accounting/v1"
ADMINISTRATION: Final = "/administration/v1"
BUSINESS: Final = f"{STEM}/businesses/{{businessCode}}"
ORDERS: Final = f"{BUSINESS}/customers/{{customerNumber}}/orders"
ORDER: Final = f"{ORDERS}/{{orderReference}}"

# The form of each parameter in a path.
PARAMETERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "businessCode": f"^{BUSINESS_PATTERN.pattern}$",
        "customerNumber": ORDER_REFERENCE,
        "orderReference": ORDER_REFERENCE,
        "invoiceReference": ORDER_REFERENCE,
        "internalRequestId": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "callbackId": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "deliveryId": "^[0-9]{1,18}$",
        "documentId": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    }
)
LONGEST_PARAMETER: Final = 64
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_ID_HEADERS: Final = ("X-Request-ID", "Idempotency-Key")
_IN_PATH: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that may do what it asks: by whom, about what, with which checked body."""

    key: ApiKey
    path: Mapping[str, str]
    query: WireModel | None
    body: WireModel | None
    request_id: str | None
    now: datetime
    accept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON answer."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path. `name` is for life: it is in digests of requests. `answers`: by status."""

    name: str
    method: str
    path: str
    scope: Scope
    summary: str
    handler: Handler
    answers: Mapping[int, type[WireModel]]
    body: type[WireModel] | None = None
    query: type[WireModel] | None = None
    tag: str = "Orders"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(_IN_PATH.findall(self.path))


def path_of(request: web.Request) -> Mapping[str, str]:
    """The parameters of the path, each of its form. Raises Problem."""
    for name, found in request.match_info.items():
        if len(found) > LONGEST_PARAMETER or re.fullmatch(PARAMETERS[name].strip("^$"), found) is None:
            raise Problem("PATH_INVALID", f"has not the form {PARAMETERS[name]}", path=f"path:{name}")
    return dict(request.match_info)


def query_of(request: web.Request, operation: Operation) -> WireModel | None:
    """The parameters behind the path, each once and of its form. Raises Problem."""
    said = dict(request.query)
    if len(said) != len(request.query):
        raise Problem("PATH_INVALID", "has a parameter twice", path="query:")
    if operation.query is None:
        if said:
            raise Problem("PATH_INVALID", "takes no parameters", path="query:")
        return None
    try:
        return operation.query.model_validate(said)
    except ValidationError as error:
        errors = field_errors(error)
    raise Problem("PATH_INVALID", errors=tuple(map(_in_query, errors)))


def _in_query(error: FieldError) -> FieldError:
    return replace(error, path=error.path.replace("$.", "query:", 1))


def request_id_of(request: web.Request) -> str | None:
    """The client's own id of the request: X-Request-ID, or Idempotency-Key, which the draft has in quotes."""
    found = {name: request.headers[name].strip() for name in _ID_HEADERS if name in request.headers}
    ids = {text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text for text in found.values()}
    if len(ids) > 1:
        raise Problem("HEADER_INVALID", "X-Request-ID and Idempotency-Key are not the same", path="header:X-Request-ID")
    for each in ids:
        if REQUEST_ID.fullmatch(each) is None:
            raise Problem("HEADER_INVALID", path=f"header:{next(iter(found))}")
    return next(iter(ids), None)
