"""Trendyol's own form of an error: RFC 7807 with a type of its own, from which its name is read.

`{"type": "…/etransformation/…/invoice-uuid-cant-be-used", "title", "status", "detail"}`, and `errors` with a field each
where a body is not valid. Gateways and frameworks answer in the same format with `about:blank` or no type at all: that
is nobody's word about a document.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.domain.errors import FieldError
from providers.transport.http import Reply
from providers.transport.rest import OK

# Parts of the types that Trendyol's own problems have.
OWN_TYPES: Final = ("etransformation/", "/problem/")
SUFFIX: Final = "problem"
# What an error of a field has.
_OF_A_FIELD: Final = ("code", "field", "defaultMessage")
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]")


def problem_in(reply: Reply) -> Mapping[str, Any] | None:
    """Trendyol's own error; None when the answer is not in its form."""
    body = reply.json()
    if not isinstance(body, dict) or not isinstance(body.get("title"), str):
        return None
    kind, status = body.get("type"), body.get("status")
    own = isinstance(kind, str) and any(part in kind for part in OWN_TYPES)
    return body if own and status == reply.status and status != OK else None


def is_own(reply: Reply) -> bool:
    """Whether Trendyol itself has written this error."""
    return problem_in(reply) is not None


def names_of(reply: Reply) -> frozenset[str]:
    """What the problem is called, by its type and by its title, in small letters: `invoiceuuidcantbeused`."""
    problem = problem_in(reply)
    if problem is None:
        return frozenset()
    said = (str(problem["type"]).rpartition("/")[2], problem["title"])
    return frozenset(map(plain_name, said)) - {""}


def plain_name(name: str) -> str:
    """`InvoiceUuidCantBeUsedProblem` and `invoice-uuid-cant-be-used` are the same name."""
    return _NOT_IN_NAMES.sub("", name.lower()).removesuffix(SUFFIX)


def errors_of(reply: Reply) -> tuple[FieldError, ...]:
    """The problem in Trendyol's own words, field by field where it says them."""
    problem = problem_in(reply)
    if problem is None:
        return ()
    name = _code(str(problem["type"]).rpartition("/")[2] or problem["title"])
    message = ": ".join(text for key in ("title", "detail") if isinstance(text := problem.get(key), str) and text)
    listed = problem.get("errors")
    fields = [_field_error(each) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return (FieldError(path="$", code=f"TRENDYOL_{name}", message=message), *fields)


def _field_error(said: Mapping[str, Any]) -> FieldError:
    code, field, text = (each if isinstance(each := said.get(name), str) else "" for name in _OF_A_FIELD)
    return FieldError(path="$", code=f"TRENDYOL_{_code(code)}", message=f"{field}: {text}")


def _code(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper().removesuffix("_PROBLEM") or "ERROR"
